// Heads between the built app and the real Worker: enrolling, syncing, a refused token, conflicts, no network, a tab that
// is closed in the middle, a second device; and the edge answers as the device does.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GARMENTS, readGarments } from '../../scripts/support/fashion.ts';
import { decodeHead } from '../../src/artifact/head-file.ts';
import { createClient } from '../../src/client/client.ts';
import type { Digest } from '../../src/contract/ids.ts';
import { openNewProject } from '../support/app-page.ts';
import { violations } from '../support/axe.ts';
import { launchChromium } from '../support/chromium.ts';
import { startWorker } from '../support/worker-process.ts';

let worker: Awaited<ReturnType<typeof startWorker>>;
let browser: Browser;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  worker = await startWorker({ seed: false });
  browser = await launchChromium();
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});
afterAll(async () => {
  await browser?.close();
  await worker?.stop();
});

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, reducedMotion: 'reduce' } as const;
/** The trainer starts and learns meanwhile, on whatever machine this is. */
const LEARNING_MS = 90_000;

interface State {
  readonly sync: {
    readonly head: string;
    readonly state: { readonly base: Digest | null; readonly local: Digest | null };
    readonly conflict: { readonly remote: Digest | null } | null;
  } | null;
  readonly token: string | null;
  readonly live: Digest | null;
}

async function aPhone(): Promise<Page> {
  const context = await browser.newContext(PHONE);
  contexts.push(context);
  return context.newPage();
}

/** What the app has stored of the only project, and of the connection. */
async function stored(page: Page): Promise<State> {
  return page.evaluate<State>(`new Promise((resolve, reject) => {
    const opening = indexedDB.open('topwork');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const tx = opening.result.transaction(['sync', 'heads', 'settings']);
      const [syncs, heads, settings] = ['sync', 'heads', 'settings'].map((name) => tx.objectStore(name).getAll());
      tx.oncomplete = () => {
        opening.result.close();
        const connection = settings.result.find(({ key }) => key === 'connection');
        resolve({
          sync: syncs.result[0] ?? null,
          token: connection?.value?.token ?? null,
          live: heads.result.find(({ slot }) => slot === 'live')?.revision ?? null,
        });
      };
    };
  })`);
}

const to = (page: Page, fragment: string) => page.goto(`${worker.origin}/#/${fragment}`);

async function addPhotos(
  page: Page,
  garment: (typeof GARMENTS)[number],
  at: number,
  from: number,
  n: number,
) {
  await page.locator('.class-choose').nth(at).click();
  const files = readGarments('train', from + n)
    .filter(({ label }) => label === GARMENTS.indexOf(garment))
    .slice(from)
    .map(({ bytes }, i) => ({
      ...{ name: `${garment}-${i}.png`, mimeType: 'image/png', buffer: Buffer.from(bytes) },
    }));
  await page.locator('.teach-dock input[type=file]').setInputFiles(files);
}

/** A project of two classes that has learnt. */
async function taught(page: Page): Promise<string> {
  const id = await openNewProject(page, worker.origin, ['t-shirt', 'ankle-boot']);
  await addPhotos(page, 't-shirt', 0, 0, 6);
  await addPhotos(page, 'ankle-boot', 1, 0, 6);
  await expect
    .poll(async () => page.locator('.class-choose .note').allTextContents(), { timeout: LEARNING_MS })
    .toEqual(['6 photos', '6 photos']);
  await settledHead(page, null);
  return id;
}

/** Waits until a live head other than that one is stored, and does not change any more. */
async function settledHead(page: Page, other: Digest | null): Promise<Digest> {
  let last: Digest | null = null;
  await expect
    .poll(
      async () => {
        const { live } = await stored(page);
        const same = live !== null && live === last && live !== other;
        last = live;
        return same;
      },
      { timeout: LEARNING_MS, interval: 1_500 },
    )
    .toBe(true);
  return last ?? fail('There is no head.');
}

function fail(why: string): never {
  throw new Error(why);
}

async function connect(page: Page): Promise<void> {
  await to(page, 'connect');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByRole('heading', { name: 'Devices' }).waitFor();
}

async function switchOn(page: Page, id: string): Promise<void> {
  await to(page, `p/${id}/keep`);
  await page.getByRole('switch').click();
  await page.getByText('Up to date').waitFor();
}

const syncNow = (page: Page) => page.getByRole('button', { name: 'Sync now' }).click();

/** More photos of the first class, so that the head becomes another one. */
async function edit(page: Page, id: string): Promise<Digest> {
  const { live } = await stored(page);
  await to(page, `p/${id}/teach`);
  await addPhotos(page, 't-shirt', 0, 6, 4);
  return settledHead(page, live);
}

async function clientOf(page: Page) {
  const { token } = await stored(page);
  return createClient({ origin: worker.origin, token: token ?? fail('There is no token.') });
}

/** Sends a picture to the edge, and compares its answer with the device's: the largest difference of a probability. */
async function differenceToEdge(page: Page): Promise<number> {
  await to(page, 'connect');
  await page.getByText('In step').waitFor();
  await page.getByRole('button', { name: 'Send it and compare' }).click();
  const difference = page.locator('[data-difference]');
  await difference.waitFor({ timeout: LEARNING_MS });
  return Number(await difference.getAttribute('data-difference'));
}

const revisionThere = async (page: Page) => (await (await clientOf(page)).heads.list())[0]?.revision ?? null;

describe('a head at the server', () => {
  it('comes there only when it is switched on, and the edge answers with it as the device does', async () => {
    const page = await aPhone();
    const asked: string[] = [];
    page.on('request', (request) => {
      if (new URL(request.url()).pathname.startsWith('/api/')) asked.push(request.method());
    });
    const id = await taught(page);
    expect(asked).toEqual([]);
    await connect(page);
    expect(await revisionThere(page)).toBeNull();
    await switchOn(page, id);
    const { sync } = await stored(page);
    expect(sync?.state.local).not.toBeNull();
    expect(await revisionThere(page)).toBe(sync?.state.local);

    expect(await differenceToEdge(page)).toBeLessThanOrEqual(1e-4);
    const lines = await page.locator('.sent-table tbody tr').allTextContents();
    expect(lines.filter((line) => line.includes('Photo'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('/api/heads/')).length).toBeGreaterThanOrEqual(1);
    expect(await violations(page)).toEqual([]);
  });

  it('that was fine-tuned comes there with its layers, and the edge answers with them as the device does', async () => {
    const page = await aPhone();
    const id = await taught(page);
    await to(page, `p/${id}/deeper`);
    const section = page.locator('section', { has: page.locator('h2', { hasText: /^Fine-tuning$/ }) }).last();
    await section.getByText('More settings').click();
    // Nothing held back: the last epoch counts, and its layers are other than the trunk's.
    await section.getByLabel('Held back, in per cent').fill('0');
    await section.getByLabel('Epochs').fill('2');
    await page.getByRole('button', { name: 'Fine-tune', exact: true }).click();
    await page.getByRole('button', { name: 'Keep the new head' }).click({ timeout: LEARNING_MS });
    await page.getByRole('heading', { name: 'A head you kept answers' }).waitFor();
    await connect(page);
    await switchOn(page, id);
    expect(await differenceToEdge(page)).toBeLessThanOrEqual(1e-4);
    const head = (await stored(page)).sync?.head ?? fail('It is not synced.');
    const { metadata, overlay } = decodeHead(
      new Uint8Array((await (await clientOf(page)).heads.get(head)).bytes),
    );
    expect(metadata.tuning?.proof.moved).toEqual([]);
    expect(overlay.size).toBeGreaterThan(0);
  });

  it('is kept here when the token is revoked, and synced once the device is connected again', async () => {
    const page = await aPhone();
    const id = await taught(page);
    await connect(page);
    await switchOn(page, id);
    const client = await clientOf(page);
    const [device] = await client.devices.list();
    const head = await edit(page, id);
    await client.devices.revoke(device?.id ?? fail('There is no device.'));
    await to(page, `p/${id}/keep`);
    await syncNow(page);
    await page.getByText('The server no longer knows this device').waitFor();
    expect((await stored(page)).live).toBe(head);
    expect(await violations(page)).toEqual([]);

    await page.getByRole('link', { name: 'Connect again' }).click();
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByRole('heading', { name: 'Devices' }).waitFor();
    // Another owner: the head is new to the server.
    await expect.poll(() => revisionThere(page), { timeout: LEARNING_MS }).toBe(head);
  });

  it.each(['mine', 'theirs'] as const)(
    'changed on both sides is for the person to settle: %s',
    async (keep) => {
      const page = await aPhone();
      const id = await taught(page);
      await connect(page);
      await switchOn(page, id);
      const first = (await stored(page)).sync ?? fail('It is not synced.');
      const mine = await edit(page, id);
      const client = await clientOf(page);
      const theirs = await anotherHead(client, first.head, first.state.base ?? fail('It is not there.'));
      await to(page, `p/${id}/keep`);
      await syncNow(page);
      await page.getByRole('heading', { name: 'Which one should stay?' }).waitFor();
      expect(await violations(page)).toEqual([]);
      expect((await stored(page)).sync?.state.local).toBe(mine);
      await page.getByRole('button', { name: keep === 'mine' ? 'Keep mine' : 'Take theirs' }).click();
      await page.getByText('Up to date').waitFor();
      const wanted = keep === 'mine' ? mine : theirs;
      expect([await revisionThere(page), (await stored(page)).sync?.state.local]).toEqual([wanted, wanted]);
      // What was learnt from the photos is there either way.
      expect((await stored(page)).live).toBe(mine);
    },
  );

  it('that was changed without a network is synced when there is one', async () => {
    const page = await aPhone();
    const id = await taught(page);
    await connect(page);
    await switchOn(page, id);
    await to(page, `p/${id}/teach`);
    await page.context().setOffline(true);
    const head = await edit(page, id);
    await to(page, `p/${id}/keep`);
    await syncNow(page);
    await page.getByText('Waiting for the server').waitFor();
    await page.context().setOffline(false);
    await page.getByText('Up to date').waitFor();
    expect(await revisionThere(page)).toBe(head);
  });

  it('is not lost by a tab that is closed while it is sent', async () => {
    const page = await aPhone();
    const id = await taught(page);
    await connect(page);
    await switchOn(page, id);
    const head = await edit(page, id);
    let onTheWay = () => {};
    const leaving = new Promise<void>((resolve) => {
      onTheWay = resolve;
    });
    // It never arrives.
    await page.context().route('**/api/heads/*', (route) => {
      if (route.request().method() === 'PUT') onTheWay();
      else void route.continue();
    });
    await to(page, `p/${id}/keep`);
    await syncNow(page);
    await leaving;
    await page.close();
    await page.context().unrouteAll({ behavior: 'ignoreErrors' });
    const again = await page.context().newPage();
    await again.goto(`${worker.origin}/#/p/${id}/keep`);
    await again.getByText('Up to date').waitFor();
    expect((await stored(again)).live).toBe(head);
    expect(await revisionThere(again)).toBe(head);
  });
});

describe('a second device', () => {
  it('joins by the link of the first, fetches the head, and answers with it', async () => {
    const first = await aPhone();
    const id = await taught(first);
    await connect(first);
    await switchOn(first, id);
    await to(first, 'connect');
    await first.getByRole('button', { name: 'Add a device' }).click();
    const code = await first.locator('.link-code code').textContent();

    const second = await aPhone();
    await to(second, `connect/${code}`);
    await second.getByLabel('Name of this device').fill('Tablet');
    await second.getByRole('button', { name: 'Join' }).click();
    await second.getByRole('button', { name: 'Fetch as a classifier' }).click();
    await second.getByText('In step').waitFor();
    await first.getByText('“Tablet” is connected.').first().waitFor();
    const [here, there] = [(await stored(first)).sync, (await stored(second)).sync];
    expect(there).toMatchObject({
      head: here?.head,
      state: { base: here?.state.local, local: here?.state.local },
    });

    const again = await aPhone();
    await to(again, `connect/${code}`);
    await again.getByRole('button', { name: 'Join' }).click();
    await again.getByText('The code is not good any more').first().waitFor();
  });
});

/** Replaces the head by another one, as another device would. @returns its revision */
async function anotherHead(
  client: ReturnType<typeof createClient>,
  id: string,
  from: Digest,
): Promise<Digest> {
  const { bytes } = await client.heads.get(id);
  // One bit of the last number is another head.
  const changed = new Uint8Array(bytes.slice(0));
  changed[changed.length - 4] = (changed.at(-4) ?? 0) ^ 1;
  return (await client.heads.put(id, changed, { replaces: from })).revision;
}
