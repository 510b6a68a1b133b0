// When the app talks to the server, and when it does not: on a real database, against a server in memory.
import { deleteDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStorage } from '../../../../app/storage/database.ts';
import type { ProjectRecord } from '../../../../app/storage/schema.ts';
import type { Storage } from '../../../../app/storage/storage.ts';
import { backoffMs } from '../../../../app/sync/backoff.ts';
import { startSync } from '../../../../app/sync/start.ts';
import { aConnection } from '../../support/fake-app.ts';
import { headFile } from '../../support/head-files.ts';
import { createHeadServer, type HeadServer } from '../../support/head-server.ts';
import { aHead, aProject } from '../../support/records.ts';

type Running = ReturnType<typeof startSync>;
const REST_MS = 40;

let server: HeadServer;
let storage: Storage;
let project: ProjectRecord;
let name: string;
const running: Running[] = [];

beforeEach(async () => {
  server = createHeadServer();
  name = `test-${crypto.randomUUID()}`;
  storage = await openStorage({ name });
  project = aProject();
  await storage.putProject(project);
});
afterEach(async () => {
  for (const sync of running.splice(0)) sync.stop();
  storage.close();
  await deleteDB(name);
});

function start(options: { readonly restMs?: number } = {}): Running {
  const sync = startSync({
    storage,
    fetch: server.fetch,
    origin: 'https://edge.test',
    restMs: REST_MS,
    ...options,
  });
  running.push(sync);
  return sync;
}

async function edit(n: number): Promise<string> {
  const { data, revision } = await headFile(n);
  await storage.putHead(aHead(project, { data, revision }));
  return revision;
}

/** Enrolled, and the head of the project is synced. */
async function connected(options: { readonly restMs?: number } = {}): Promise<Running> {
  await edit(1);
  await storage.setSetting('connection', aConnection({ origin: 'https://edge.test' }));
  const sync = start(options);
  await vi.waitFor(() => expect(sync.state.value).toEqual({ state: 'idle' }));
  await sync.enable(project.id);
  return sync;
}

const there = () => server.heads.get(`${project.id}`)?.revision;
const puts = () => server.requests.filter((request) => request.startsWith('PUT')).length;

describe('before the person enrols', () => {
  it('asks the server nothing, whatever changes', async () => {
    const sync = start();
    await edit(1);
    await sync.syncNow();
    dispatchEvent(new Event('online'));
    await sync.syncNow();
    expect(sync.state.value).toEqual({ state: 'off' });
    expect(server.requests).toEqual([]);
    await expect(sync.enable(project.id)).rejects.toMatchObject({ code: 'offline' });
  });
});

describe('a connected device', () => {
  it('sends a head when syncing is switched on, once, and counts it', async () => {
    const sync = await connected();
    expect(there()).toBe((await storage.answeringHead(project.id))?.revision);
    expect(puts()).toBe(1);
    expect(sync.heads.value.get(project.id)?.state.base).toBe(there());
    await vi.waitFor(async () => expect(sync.sentBytes.value).toBe(await storage.sentBytes()));
    const [head] = (await storage.sent(10)).filter(({ what }) => what === 'head');
    expect(head).toMatchObject({ bytes: (await headFile(1)).data.byteLength, project: project.id });
  });

  it('sends changes together, once they have rested', async () => {
    await connected();
    let last = '';
    for (let n = 2; n < 8; n++) last = await edit(n);
    await vi.waitFor(() => expect(there()).toBe(last));
    expect(puts()).toBe(2);
  });

  it('sends a change at once when the page is hidden', async () => {
    await connected({ restMs: 60_000 });
    const revision = await edit(2);
    const hidden = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    try {
      await vi.waitFor(() => {
        document.dispatchEvent(new Event('visibilitychange'));
        expect(there()).toBe(revision);
      });
    } finally {
      hidden.mockRestore();
    }
  });

  it('looks again when the network is back', async () => {
    const sync = await connected({ restMs: 60_000 });
    const revision = await edit(2);
    server.next = 'lost-request';
    await sync.syncNow();
    expect(sync.state.value).toMatchObject({ state: 'waiting', error: { code: 'unreachable' } });
    dispatchEvent(new Event('online'));
    await vi.waitFor(() => expect(there()).toBe(revision));
    await vi.waitFor(() => expect(sync.state.value).toEqual({ state: 'idle' }));
  });

  it('asks nothing by itself for as long as the server wants to be left alone', async () => {
    const sync = await connected({ restMs: 60_000 });
    await edit(2);
    server.refusals = new Map([['GET', [429, 'rate_limited']]]);
    server.retryAfter = 60;
    await sync.syncNow();
    expect(sync.state.value).toMatchObject({
      state: 'waiting',
      error: { code: 'rate_limited', retryAfter: 60 },
    });
    server.refusals = new Map();
    server.requests.length = 0;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      dispatchEvent(new Event('online'));
      vi.advanceTimersByTime(55_000);
      expect(server.requests).toEqual([]);
      vi.advanceTimersByTime(6_000);
    } finally {
      vi.useRealTimers();
    }
    await vi.waitFor(() => expect(server.requests[0]).toBe('GET /api/heads'));
  });

  it('says so once its token is refused, keeps the head, and asks no more', async () => {
    const sync = await connected();
    const revision = await edit(2);
    server.next = 'refused';
    await sync.syncNow();
    expect(sync.state.value).toEqual({ state: 'refused' });
    await vi.waitFor(async () => expect((await storage.setting('connection'))?.valid).toBe(false));
    server.requests.length = 0;
    await edit(3);
    await sync.syncNow();
    expect(server.requests).toEqual([]);
    expect((await storage.sync(project.id))?.state.base).not.toBe(revision);
  });

  it('leaves the head at the server alone when syncing is switched off, or deletes it there', async () => {
    const sync = await connected();
    const revision = there();
    await sync.disable(project.id, { alsoThere: false });
    expect([there(), sync.heads.value.size]).toEqual([revision, 0]);
    await sync.enable(project.id);
    expect(sync.heads.value.get(project.id)?.state.base).toBe(revision);
    await sync.disable(project.id, { alsoThere: true });
    expect([there(), sync.heads.value.size]).toEqual([undefined, 0]);
    expect(await storage.answeringHead(project.id)).not.toBeNull();
  });

  it('goes on syncing when the head could not be deleted there', async () => {
    const sync = await connected();
    server.refusals = new Map([['DELETE', [503, 'storage_failed']]]);
    await expect(sync.disable(project.id, { alsoThere: true })).rejects.toMatchObject({ status: 503 });
    expect(await storage.sync(project.id)).not.toBeNull();
  });

  it('is shown in another tab, too', async () => {
    const sync = await connected();
    const other = start();
    await vi.waitFor(() => expect(other.heads.value.get(project.id)?.state.base).toBe(there()));
    await sync.disconnect();
    await vi.waitFor(() => expect(other.state.value).toEqual({ state: 'off' }));
    expect(await storage.sync(project.id)).not.toBeNull();
  });
});

describe('the pause after a failure', () => {
  it('grows, ends growing, scatters, and is never shorter than the server asks', () => {
    expect(backoffMs(1, 0.5, null)).toBe(2 * backoffMs(0, 0.5, null));
    expect(backoffMs(50, 0.5, null)).toBe(backoffMs(40, 0.5, null));
    expect(backoffMs(2, 0.9, null)).toBeGreaterThan(backoffMs(2, 0.1, null));
    expect(backoffMs(0, 0.5, 60)).toBe(60_000);
  });
});
