// Keep and share, on an app of signals: what is offered, what is asked of sync and storage, and what is said.
import { signal } from '@preact/signals';
import { h } from 'preact';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { exportProject } from '../../../../../app/storage/project-zip.ts';
import type { SyncRecord } from '../../../../../app/storage/schema.ts';
import type { WholeProject } from '../../../../../app/storage/storage.ts';
import type { Sync } from '../../../../../app/sync/sync.ts';
import { setLanguage, text } from '../../../../../app/text/text.ts';
import { KeepScreen } from '../../../../../app/ui/screens/keep.tsx';
import { toasts } from '../../../../../app/ui/toasts.ts';
import { ApiError } from '../../../../../src/client/client.ts';
import { aConnection, type FakeApp, fakeApp } from '../../../support/fake-app.ts';
import { fakeOpenProject, trainedOn } from '../../../support/open-project.ts';
import { aHead, anExample, aPhoto, aProject, aSync, digest } from '../../../support/records.ts';
import { named, problems, show } from '../../../support/screens.ts';

const project = aProject({ title: 'Mugs' });
const examples = Array.from({ length: 3 }, () => anExample(project, { bytes: 3 }));
const whole: WholeProject = { project, examples, photos: [], features: [], heads: [], sync: null };
const storage = {
  project: async () => project,
  examples: async () => examples,
  photo: async (id: string) => aPhoto({ ...anExample(project), id: id as (typeof examples)[0]['id'] }),
  features: async () => [],
  head: async () => null,
  sent: async () => [{ at: 1, what: 'head' as const, to: 'there', bytes: 13_450, project: project.id }],
};

function aScreen(sync: Partial<Sync> = {}, extra: Parameters<typeof fakeApp>[0] = {}) {
  const fake = fakeApp({ storage: { ...storage, ...extra?.storage }, sync });
  const open = fakeOpenProject(project, { examples, live: trainedOn(project, []) });
  return { ...fake, open, root: show(fake.app, h(KeepScreen, { open })) };
}
function connected(fake: FakeApp, record: Partial<SyncRecord> | null): void {
  fake.connection.value = aConnection();
  fake.syncState.value = { state: 'idle' };
  const known = aSync(project, { base: digest('a'), local: digest('a') });
  fake.heads.value = record === null ? new Map() : new Map([[project.id, { ...known, ...record }]]);
}
const words = () => text.value.keep;

beforeEach(() => setLanguage('en'));

/** What a download would be, caught at the link that begins it. */
function catchDownload(): Promise<{ readonly name: string; readonly blob: Blob }> {
  return new Promise((resolve) => {
    const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
      this: HTMLAnchorElement,
    ) {
      click.mockRestore();
      void fetch(this.href)
        .then((response) => response.blob())
        .then((blob) => resolve({ name: this.download, blob }));
    });
  });
}

describe('the project file', () => {
  it('is saved under the title, whole', async () => {
    const { root, app } = aScreen();
    const download = catchDownload();
    named(root, words().file.save).click();
    const { name, blob } = await download;
    expect(name).toBe('Mugs.topwork.zip');
    const expected = await exportProject(app.storage, project.id, { trunk: null });
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(new Uint8Array(await expected.arrayBuffer()));
  });

  it('shows its progress, and is not made once that is stopped', async () => {
    let go = () => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    const photo = async (id: string) => {
      await held;
      return storage.photo(id);
    };
    const { root } = aScreen({}, { storage: { photo } });
    named(root, words().file.save).click();
    await vi.waitFor(() => expect(root.textContent).toContain(words().file.progress(0, 3)));
    named(root, text.value.common.cancel).click();
    go();
    await vi.waitFor(() => expect(toasts.value.map((toast) => toast.words)).toEqual([words().file.stopped]));
    expect(named(root, words().file.save)).toBeDefined();
  });

  it('goes to the share sheet where there is one, and asks for another press when the browser wants it', async () => {
    const canShare = vi.fn(() => true);
    const share = vi.fn<(data: ShareData) => Promise<void>>();
    share
      .mockRejectedValueOnce(new DOMException('no gesture', 'NotAllowedError'))
      .mockResolvedValue(undefined);
    vi.stubGlobal('navigator', Object.assign(Object.create(navigator), { canShare, share }));
    try {
      const { root } = aScreen();
      named(root, words().file.share).click();
      await vi.waitFor(() => expect(root.textContent).toContain(words().file.shareReady));
      named(root, words().file.share).click();
      await vi.waitFor(() => expect(toasts.value.at(-1)?.words).toBe(words().file.shared));
      expect(share.mock.calls.map(([data]) => data.files?.[0]?.name)).toEqual(
        Array(2).fill('Mugs.topwork.zip'),
      );
      // The same file: it was not packed again.
      expect(share.mock.calls[1]?.[0].files?.[0]).toBe(share.mock.calls[0]?.[0].files?.[0]);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe('the head', () => {
  it('is saved alone, the kept one if there is one', async () => {
    const { root, open } = aScreen();
    open.kept.value = aHead(project, { kind: 'softmax', data: Uint8Array.of(4, 2).buffer });
    await vi.waitFor(() => expect(root.textContent).toContain(words().head.which.kept));
    const download = catchDownload();
    named(root, words().head.save).click();
    const { name, blob } = await download;
    expect([name, blob.size]).toEqual(['Mugs.safetensors', 2]);
  });

  it('is not offered before there is one', () => {
    const fake = fakeApp({ storage });
    const root = show(fake.app, h(KeepScreen, { open: fakeOpenProject(project) }));
    expect(root.textContent).toContain(words().head.none);
  });
});

describe('the server', () => {
  it('leads to connecting while this device is not connected, and again once it is refused', async () => {
    const fake = aScreen();
    expect(named(fake.root, words().server.connect).getAttribute('href')).toBe('#/connect');
    fake.connection.value = aConnection({ valid: false });
    await vi.waitFor(() => expect(named(fake.root, words().server.connectAgain)).toBeDefined());
    expect(fake.root.textContent).toContain(words().server.refused);
  });

  it('keeps the head there when it is switched on', async () => {
    const enable = vi.fn(async () => {});
    const fake = aScreen({ enable });
    connected(fake, null);
    const toggle = () => fake.root.querySelector<HTMLInputElement>('[role=switch]');
    await vi.waitFor(() => expect(toggle()?.checked).toBe(false));
    toggle()?.click();
    await vi.waitFor(() => expect(enable).toHaveBeenCalledWith(project.id));
    connected(fake, {});
    await vi.waitFor(() => expect(toggle()?.checked).toBe(true));
  });

  it.each([
    ['leaves it there', false, () => words().server.off.here],
    ['deletes it there', true, () => words().server.off.there],
  ] as const)('asks before it is switched off, and %s', async (_, alsoThere, label) => {
    const disable = vi.fn(async () => {});
    const fake = aScreen({ disable });
    connected(fake, {});
    await vi.waitFor(() => expect(fake.root.querySelector('[role=switch]')).not.toBeNull());
    fake.root.querySelector<HTMLInputElement>('[role=switch]')?.click();
    await vi.waitFor(() => expect(named(fake.root, label())).toBeDefined());
    expect(disable).not.toHaveBeenCalled();
    named(fake.root, label()).click();
    await vi.waitFor(() => expect(disable).toHaveBeenCalledWith(project.id, { alsoThere }));
  });

  it('says why the server does not take this head', async () => {
    const problem = new ApiError('head_too_large', '', { status: 413 });
    const fake = aScreen({ problems: signal(new Map([[project.id, problem]])) });
    connected(fake, { state: { base: null, local: digest('b'), sent: null } });
    await vi.waitFor(() => expect(fake.root.textContent).toContain(text.value.failures.head_too_large.title));
  });

  it('says what of this project was sent, and syncs when it is told to', async () => {
    const syncNow = vi.fn(async () => {});
    const fake = aScreen({ syncNow });
    connected(fake, { syncedAt: 1, state: { base: digest('a'), local: digest('b'), sent: null } });
    await vi.waitFor(() => expect(fake.root.textContent).toContain(words().server.sent('13.4 kB')));
    expect(fake.root.textContent).toContain(words().server.status.pending);
    fake.syncState.value = { state: 'waiting', error: null };
    await vi.waitFor(() => expect(fake.root.textContent).toContain(words().server.status.offline));
    named(fake.root, words().server.now).click();
    expect(syncNow).toHaveBeenCalledOnce();
  });

  it.each([
    ['mine', () => words().server.conflict.mine],
    ['theirs', () => words().server.conflict.theirs],
  ] as const)('settles a conflict by keeping %s', async (keep, label) => {
    const resolve = vi.fn(async () => {});
    const fake = aScreen({ resolve });
    connected(fake, { conflict: { local: digest('a'), remote: digest('b') } });
    await vi.waitFor(() => expect(named(fake.root, label())).toBeDefined());
    named(fake.root, label()).click();
    expect(resolve).toHaveBeenCalledWith(project.id, keep);
  });

  it('says so when something fails, and nothing is switched', async () => {
    const enable = () => Promise.reject(new Error('no network'));
    const fake = aScreen({ enable });
    connected(fake, null);
    await vi.waitFor(() => expect(fake.root.querySelector('[role=switch]')).not.toBeNull());
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    fake.root.querySelector<HTMLInputElement>('[role=switch]')?.click();
    await vi.waitFor(() => expect(toasts.value.map(({ kind }) => kind)).toEqual(['failure']));
    expect(fake.root.querySelector<HTMLInputElement>('[role=switch]')?.checked).toBe(false);
    logged.mockRestore();
  });

  it('makes a key for this head alone, shows it once and puts it into the examples', async () => {
    const create = vi.fn(async () => ({ token: 'twk_0123' }));
    const client = () => ({ keys: { create } }) as unknown as ReturnType<Sync['client']>;
    const fake = aScreen({ client });
    connected(fake, {});
    await vi.waitFor(() => expect(fake.root.querySelector('pre')?.textContent).toContain('Bearer YOUR_KEY'));
    named(fake.root, text.value.endpoint.makeKey).click();
    await vi.waitFor(() => expect(fake.root.querySelector('pre')?.textContent).toContain('Bearer twk_0123'));
    expect(create).toHaveBeenCalledWith({ name: 'Program for Mugs', scopes: ['predict'], head: project.id });
    named(fake.root, 'Python').click();
    await vi.waitFor(() => expect(fake.root.querySelector('pre')?.textContent).toContain('urllib'));
    expect(fake.root.querySelector('pre')?.textContent).toContain('Bearer twk_0123');
  });
});

describe('the project', () => {
  it('is deleted, and is back when that is undone', async () => {
    const deleteProject = vi.fn(async () => whole);
    const putWholeProject = vi.fn(async () => {});
    const { root } = aScreen({}, { storage: { deleteProject, putWholeProject } });
    named(root, words().project.delete).click();
    await vi.waitFor(() => expect(toasts.value.at(-1)?.words).toBe(words().project.deleted('Mugs')));
    expect(deleteProject).toHaveBeenCalledWith(project.id);
    toasts.value.at(-1)?.action?.run();
    await vi.waitFor(() => expect(putWholeProject).toHaveBeenCalledWith(whole));
  });

  it('is duplicated under another title and other ids', async () => {
    const putWholeProject = vi.fn<(copy: WholeProject) => Promise<void>>(async () => {});
    const { root } = aScreen({}, { storage: { wholeProject: async () => whole, putWholeProject } });
    named(root, words().project.duplicate).click();
    await vi.waitFor(() => expect(putWholeProject).toHaveBeenCalledOnce());
    const [copy] = putWholeProject.mock.calls[0] ?? [];
    expect(copy?.project.title).toBe('Mugs (copy)');
    expect(copy?.project.id).not.toBe(project.id);
    expect(copy?.examples.map(({ project: of }) => of)).toEqual(Array(3).fill(copy?.project.id));
  });
});

describe('keep and share', () => {
  it('shows the address as a QR code', async () => {
    const { root } = aScreen();
    named(root, words().elsewhere.show).click();
    await vi.waitFor(() =>
      expect(root.querySelector('.qr-code path')?.getAttribute('d')).toMatch(/^M4 4h1v1/),
    );
    expect(root.querySelector('.qr-code')?.getAttribute('aria-label')).toContain(location.origin);
  });

  it.each(['en', 'de'] as const)('has nothing that axe finds wrong (%s)', async (language) => {
    await setLanguage(language);
    const fake = aScreen();
    expect(await problems(fake.root)).toEqual([]);
    connected(fake, { conflict: { local: digest('a'), remote: null } });
    await vi.waitFor(() => expect(fake.root.querySelector('.endpoint')).not.toBeNull());
    expect(await problems(fake.root)).toEqual([]);
  });
});
