// The server's screen, on an app of signals and a client that answers from memory.
import { signal } from '@preact/signals';
import { h } from 'preact';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProjectId, SyncRecord } from '../../../../../app/storage/schema.ts';
import type { Sync } from '../../../../../app/sync/sync.ts';
import { more } from '../../../../../app/text/more.ts';
import { setLanguage, text } from '../../../../../app/text/text.ts';
import { ConnectScreen } from '../../../../../app/ui/screens/connect.tsx';
import { ApiError, type Client } from '../../../../../src/client/client.ts';
import type { DeviceSummary, HeadSummary, KeySummary } from '../../../../../src/contract/api.ts';
import type { HeadId, ModelName } from '../../../../../src/contract/ids.ts';
import { aConnection, fakeApp } from '../../../support/fake-app.ts';
import { aProject, aSync, digest } from '../../../support/records.ts';
import { named, problems, show } from '../../../support/screens.ts';

const project = aProject({ title: 'Mugs' });
const TIMES = { createdAt: '2026-01-01T10:00:00.000Z', lastUsedAt: '2026-01-02T10:00:00.000Z' };
const devices: DeviceSummary[] = [
  { id: 'd1', name: 'Phone', current: true, ...TIMES },
  { id: 'd2', name: 'Tablet with a rather long name that somebody gave it', current: false, ...TIMES },
];
const keys: KeySummary[] = [
  { id: 'k1', name: 'Bird feeder', scopes: ['predict'], head: null, expiresAt: null, ...TIMES },
];
const aSummary = (id: string, title: string): HeadSummary => ({
  ...{
    id: id as HeadId,
    title,
    model: 'mobilenet-v2' as ModelName,
    trunk: digest('a'),
    revision: digest('b'),
  },
  ...{ labels: ['Oak', 'Elm'], bytes: 10_240, visibility: 'private', own: true },
  ...{ createdAt: TIMES.createdAt, updatedAt: TIMES.lastUsedAt },
});
const heads = [
  aSummary(project.id, 'Mugs'),
  aSummary('elsewhere', 'Cups'),
  { ...aSummary('x', 'Theirs'), own: false },
];

interface Calls {
  readonly revokedDevices: string[];
  readonly revokedKeys: string[];
  readonly made: unknown[];
}

function clientOf(calls: Calls, down = false): Client {
  const answer = async <T>(value: T): Promise<T> => {
    if (down) throw new ApiError('unreachable', '');
    return value;
  };
  const known = {
    devices: {
      list: () => answer(devices),
      revoke: async (id: string) => void calls.revokedDevices.push(id),
    },
    keys: {
      list: () => answer(keys),
      revoke: async (id: string) => void calls.revokedKeys.push(id),
      create: async (body: unknown) => {
        calls.made.push(body);
        return { ...keys[0], token: 'twk_secret' };
      },
    },
    heads: {
      list: () => answer(heads),
      revisions: () => answer([{ digest: digest('b'), bytes: 10_240, createdAt: TIMES.createdAt }]),
    },
    links: {
      create: () =>
        answer({ link: 'ABCD-EFGH-JKMN-PQRS', expiresAt: new Date(Date.now() + 600_000).toISOString() }),
    },
  };
  return known as unknown as Client;
}

function aScreen({
  connected = true,
  link = null,
  down = false,
  sync = {},
}: {
  readonly connected?: boolean;
  readonly link?: string | null;
  readonly down?: boolean;
  readonly sync?: Partial<Sync>;
} = {}) {
  const calls: Calls = { revokedDevices: [], revokedKeys: [], made: [] };
  const record: SyncRecord = {
    ...aSync(project, { base: digest('b'), local: digest('b') }),
    syncedAt: 1,
  };
  const fake = fakeApp({
    storage: {
      sent: async () => [
        { id: 1, at: 1, what: 'enrolment', to: 'https://edge.test/api/devices', bytes: 19, project: null },
      ],
      project: async (id: string) => (id === project.id ? project : null),
      projects: async () => [],
      examples: async () => [],
    },
    sync: {
      client: () => clientOf(calls, down),
      heads: signal<ReadonlyMap<ProjectId, SyncRecord>>(new Map([[project.id, record]])),
      ...sync,
    },
  });
  fake.status.value = { state: 'starting' };
  if (connected) fake.connection.value = aConnection();
  return { ...fake, calls, root: show(fake.app, h(ConnectScreen, { link })) };
}
const words = () => more.value.connect;
const dialog = (root: HTMLElement) => root.querySelector('dialog') ?? root;

beforeEach(() => setLanguage('en'));

describe('connecting', () => {
  it('asks for the invitation only where the server wants one', async () => {
    const enrol = vi.fn<Sync['enrol']>();
    enrol.mockRejectedValueOnce(new ApiError('enrolment_closed', '', { status: 403 })).mockResolvedValue();
    const { root } = aScreen({ connected: false, sync: { enrol } });
    expect(root.textContent).not.toContain(words().enrol.invite);
    named(root, words().enrol.connect).click();
    await vi.waitFor(() => expect(root.textContent).toContain(words().enrol.inviteWhy));
    const field = [...root.querySelectorAll('input')].at(-1);
    if (field === undefined) throw new Error('There is no field.');
    field.value = ' come-in ';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    named(root, words().enrol.connect).click();
    await vi.waitFor(() => expect(enrol).toHaveBeenCalledTimes(2));
    expect(enrol.mock.calls[1]?.[0]).toMatchObject({ invite: 'come-in' });
    expect(enrol.mock.calls[0]?.[0]).not.toHaveProperty('invite');
  });

  it('joins by the code of the address', async () => {
    const enrol = vi.fn<Sync['enrol']>().mockResolvedValue();
    const { root } = aScreen({ connected: false, link: 'ABCD-EFGH-JKMN-PQRS', sync: { enrol } });
    named(root, words().enrol.join).click();
    await vi.waitFor(() => expect(enrol.mock.calls[0]?.[0]).toMatchObject({ link: 'ABCD-EFGH-JKMN-PQRS' }));
  });

  it('says what is wrong, and that nothing is lost once it was refused', async () => {
    const enrol = () => Promise.reject(new ApiError('rate_limited', '', { status: 429 }));
    const { root, connection } = aScreen({ sync: { enrol } });
    connection.value = aConnection({ valid: false });
    await vi.waitFor(() => expect(root.textContent).toContain(words().enrol.refused));
    named(root, words().enrol.connect).click();
    await vi.waitFor(() =>
      expect(root.querySelector('[role=alert]')?.textContent).toContain(
        text.value.failures.rate_limited.title,
      ),
    );
  });
});

describe('a connected device', () => {
  it('removes another device once the person has agreed', async () => {
    const { root, calls } = aScreen();
    await vi.waitFor(() => expect(root.textContent).toContain('Tablet'));
    named(root, `${words().devices.remove}: ${devices[1]?.name}`).click();
    await vi.waitFor(() => expect(root.querySelector('dialog')).not.toBeNull());
    expect(calls.revokedDevices).toEqual([]);
    named(dialog(root), words().devices.remove).click();
    await vi.waitFor(() => expect(calls.revokedDevices).toEqual(['d2']));
  });

  it('shows a new key once, and makes it for what was chosen', async () => {
    const { root, calls } = aScreen();
    await vi.waitFor(() => expect(root.textContent).toContain('Bird feeder'));
    named(root, words().keys.make).click();
    await vi.waitFor(() => expect(root.querySelector('dialog')).not.toBeNull());
    const name = dialog(root).querySelector('input');
    const [head, expiry] = dialog(root).querySelectorAll('select');
    if (name === null || head === undefined || expiry === undefined) throw new Error('There are no fields.');
    name.value = 'Door';
    name.dispatchEvent(new Event('input', { bubbles: true }));
    head.value = project.id;
    head.dispatchEvent(new Event('change', { bubbles: true }));
    expiry.value = 'month';
    expiry.dispatchEvent(new Event('change', { bubbles: true }));
    named(dialog(root), words().keys.make).click();
    await vi.waitFor(() => expect(root.textContent).toContain('twk_secret'));
    expect(calls.made).toMatchObject([{ name: 'Door', head: project.id, scopes: ['predict'] }]);
    named(dialog(root), text.value.common.done).click();
    await vi.waitFor(() => expect(root.textContent).not.toContain('twk_secret'));
  });

  it('lists own heads with what they belong to, and offers to fetch one that belongs to nothing here', async () => {
    const { root } = aScreen();
    await vi.waitFor(() => expect(root.textContent).toContain(words().heads.belongs('Mugs')));
    expect(root.textContent).toContain('Cups');
    expect(root.textContent).not.toContain('Theirs');
    const offers = [...root.querySelectorAll('button')].filter(
      ({ textContent }) => textContent === words().heads.fetch,
    );
    expect(offers).toHaveLength(1);
  });

  it('says of each list that it cannot be had, and asks again when told to', async () => {
    const { root } = aScreen({ down: true });
    await vi.waitFor(() => expect(root.querySelectorAll('.failure-note')).toHaveLength(3));
    expect(root.textContent).toContain(text.value.failures.unreachable.title);
    // What is on this device is there all the same.
    expect(root.textContent).toContain('/api/devices');
  });
});

describe('the screen', () => {
  it.each(['en', 'de'] as const)(
    'has nothing that axe finds wrong, and no line too long at 320 px (%s)',
    async (language) => {
      await setLanguage(language);
      for (const connected of [false, true]) {
        const { root } = aScreen({ connected, link: connected ? null : 'ABCD-EFGH-JKMN-PQRS' });
        root.style.width = '320px';
        if (connected) await vi.waitFor(() => expect(root.textContent).toContain('Bird feeder'));
        expect(root.scrollWidth).toBeLessThanOrEqual(320);
        expect(await problems(root)).toEqual([]);
        if (!connected) continue;
        named(root, words().devices.add).click();
        await vi.waitFor(() => expect(root.textContent).toContain('ABCD-EFGH-JKMN-PQRS'));
        expect(await problems(root)).toEqual([]);
      }
    },
  );
});
