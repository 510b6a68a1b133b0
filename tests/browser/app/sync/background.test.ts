// What the service worker does when the browser wakes it: the app's own database, and the network in a spy.
import { deleteDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStorage } from '../../../../app/storage/database.ts';
import { DATABASE_NAME } from '../../../../app/storage/schema.ts';
import type { Storage } from '../../../../app/storage/storage.ts';
import { handleSyncEvent } from '../../../../app/sync/background.ts';
import { SYNC_TAG } from '../../../../app/sync/sync-tag.ts';
import { aConnection } from '../../support/fake-app.ts';
import { headFile } from '../../support/head-files.ts';
import { createHeadServer, type HeadServer } from '../../support/head-server.ts';
import { aHead, aProject, aSync } from '../../support/records.ts';

let storage: Storage;
let server: HeadServer;
const project = aProject();

beforeEach(async () => {
  server = createHeadServer();
  const real = globalThis.fetch;
  vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) =>
    String(input).startsWith('https://edge.test') ? server.fetch(input, init) : real(input, init),
  );
  storage = await openStorage();
  await storage.putProject(project);
  await storage.putSync(aSync(project));
  const { data, revision } = await headFile(1);
  await storage.putHead(aHead(project, { data, revision }));
  await storage.setSetting('connection', aConnection({ origin: 'https://edge.test' }));
});
afterEach(async () => {
  vi.restoreAllMocks();
  storage.close();
  await deleteDB(DATABASE_NAME);
});

/** Wakes it. @returns what it asks the browser to wait for; null: nothing */
function wake(tag: string): Promise<unknown> | null {
  let work: Promise<unknown> | null = null;
  const waitUntil = (promise: Promise<unknown>) => {
    work = promise;
  };
  handleSyncEvent(Object.assign(new Event('sync'), { tag, waitUntil }));
  return work;
}

describe('the service worker', () => {
  it('sends what a closed page could not, and writes it down', async () => {
    await wake(SYNC_TAG);
    expect(server.heads.get(`${project.id}`)?.revision).toBe((await headFile(1)).revision);
    expect((await storage.sync(project.id))?.state.base).toBe((await headFile(1)).revision);
    expect((await storage.sent(5)).map(({ what }) => what)).toContain('head');
  });

  it('asks to be woken again when there is no network after all', async () => {
    server.next = 'lost-request';
    await expect(wake(SYNC_TAG)).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('leaves a refused token to the person', async () => {
    server.next = 'refused';
    await wake(SYNC_TAG);
    expect((await storage.setting('connection'))?.valid).toBe(false);
    server.requests.length = 0;
    await wake(SYNC_TAG);
    expect(server.requests).toEqual([]);
  });

  it('does nothing for other tags', () => {
    expect(wake('something')).toBeNull();
  });
});
