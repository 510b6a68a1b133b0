// The outbox on a real database, against a server in memory that loses requests and answers.
import { deleteDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStorage } from '../../../../app/storage/database.ts';
import type { ProjectRecord } from '../../../../app/storage/schema.ts';
import type { Storage } from '../../../../app/storage/storage.ts';
import { resolveConflict } from '../../../../app/sync/actions.ts';
import { countedFetch } from '../../../../app/sync/counted-fetch.ts';
import { type Problems, runOutbox } from '../../../../app/sync/outbox.ts';
import { createClient } from '../../../../src/client/client.ts';
import { headFile } from '../../support/head-files.ts';
import { createHeadServer, type HeadServer } from '../../support/head-server.ts';
import { aHead, aProject, aSync, digest } from '../../support/records.ts';

interface Device {
  readonly storage: Storage;
  readonly project: ProjectRecord;
  readonly run: (problems?: Problems) => Promise<Problems>;
  readonly resolve: (keep: 'mine' | 'theirs') => Promise<void>;
  /** Makes another head; what it is called is its number. */
  readonly edit: (n: number) => Promise<string>;
  readonly local: () => Promise<string | null>;
}

let server: HeadServer;
const opened: { readonly name: string; readonly storage: Storage }[] = [];

beforeEach(() => {
  server = createHeadServer();
});

afterEach(async () => {
  for (const { name, storage } of opened.splice(0)) {
    storage.close();
    await deleteDB(name);
  }
});

/** @param head id at the server, for a second device with the same head */
async function device(head?: string): Promise<Device> {
  const name = `test-${crypto.randomUUID()}`;
  const storage = await openStorage({ name });
  opened.push({ name, storage });
  const project = aProject();
  await storage.putProject(project);
  const sync = aSync(project);
  await storage.putSync(head === undefined ? sync : { ...sync, head: head as typeof sync.head });
  const client = createClient({
    ...{ origin: 'https://edge.test', token: 't', retries: 0 },
    fetch: countedFetch({ storage, fetch: server.fetch }),
  });
  const outbox = { storage, client, now: () => 5000 };
  return {
    ...{ storage, project },
    run: (problems) => runOutbox({ ...outbox, problems }),
    resolve: (keep) => resolveConflict(outbox, project.id, keep),
    async edit(n) {
      const { data, revision } = await headFile(n);
      // The kept head answers; a person who edits after a pull goes back to the live one.
      await storage.deleteHead(project.id, 'kept');
      await storage.putHead(aHead(project, { data, revision }));
      return revision;
    },
    local: async () => (await storage.answeringHead(project.id))?.revision ?? null,
  };
}

const stored = (of: Device) => server.heads.get(`${of.project.id}`)?.revision;

describe('the outbox', () => {
  it('puts a head, with its title, and then has nothing more to do', async () => {
    const one = await device();
    const revision = await one.edit(1);
    await one.run();
    expect(stored(one)).toBe(revision);
    expect(server.heads.get(`${one.project.id}`)?.title).toBe('Leaves');
    server.requests.length = 0;
    await one.run();
    expect(server.requests).toEqual(['GET /api/heads']);
    expect((await one.storage.sync(one.project.id))?.state).toEqual({
      ...{ base: revision, local: revision, sent: null },
    });
  });

  it('writes down what it has sent, to the byte', async () => {
    const one = await device();
    await one.edit(1);
    await one.run();
    const [, put] = (await one.storage.sent(10))
      .reverse()
      .map(({ what, bytes }) => [what, bytes])
      .reverse();
    expect(put).toEqual(['head', (await headFile(1)).data.byteLength]);
  });

  it('asks the server nothing when nothing is synced', async () => {
    const one = await device();
    await one.storage.deleteSync(one.project.id);
    await one.run();
    expect(server.requests).toEqual([]);
  });

  it('recognises a push whose answer was lost as its own', async () => {
    const one = await device();
    const revision = await one.edit(1);
    Object.assign(server, { next: 'lost-answer', nextOf: 'PUT' });
    await expect(one.run()).rejects.toMatchObject({ code: 'unreachable' });
    expect(stored(one)).toBe(revision);
    await one.run();
    expect((await one.storage.sync(one.project.id))?.conflict).toBeNull();
    expect(server.history).toEqual([revision]);
  });

  it('asks the person when both sides have changed, and does what is chosen', async () => {
    for (const keep of ['mine', 'theirs'] as const) {
      const one = await device();
      await one.edit(1);
      await one.run();
      const theirs = await headFile(100);
      server.heads.set(`${one.project.id}`, {
        ...{ bytes: new Uint8Array(theirs.data), revision: theirs.revision, title: 'Leaves' },
      });
      const mine = await one.edit(2);
      await one.run();
      expect((await one.storage.sync(one.project.id))?.conflict).toEqual({
        ...{ local: mine, remote: theirs.revision },
      });
      expect(await one.local()).toBe(mine);
      await one.resolve(keep);
      await one.run();
      const expected = keep === 'mine' ? mine : theirs.revision;
      expect([stored(one), await one.local()]).toEqual([expected, expected]);
    }
  });

  it('keeps a head that the server has lost until the person decides', async () => {
    const one = await device();
    const revision = await one.edit(1);
    await one.run();
    server.heads.clear();
    await one.run();
    expect((await one.storage.sync(one.project.id))?.conflict).toEqual({ local: revision, remote: null });
    await one.resolve('mine');
    await one.run();
    expect(stored(one)).toBe(revision);
    server.heads.clear();
    await one.run();
    await one.resolve('theirs');
    expect(await one.storage.sync(one.project.id)).toBeNull();
    expect(await one.local()).toBe(revision);
  });

  it('takes what another device has changed, its labels matched with the classes here', async () => {
    const one = await device();
    await one.edit(1);
    await one.run();
    const other = await device(`${one.project.id}`);
    await other.run();
    const pulled = await other.storage.head(other.project.id, 'kept');
    expect(pulled).toMatchObject({ source: 'synced', revision: stored(one) });
    expect(pulled?.classes).toEqual(other.project.classes.map(({ id }) => id));
  });

  it('refuses a head that arrives damaged', async () => {
    const one = await device();
    await one.edit(1);
    await one.run();
    const there = server.heads.get(`${one.project.id}`);
    if (there !== undefined) there.bytes[100] = (there.bytes[100] ?? 0) ^ 1;
    const other = await device(`${one.project.id}`);
    const problems = await other.run();
    expect([...problems.values()]).toMatchObject([{ error: { code: 'digest_mismatch' } }]);
    expect(await other.local()).toBeNull();
  });

  it('waits for a project that has no head yet, or has none at the moment', async () => {
    const one = await device();
    await one.run();
    expect(await one.storage.sync(one.project.id)).not.toBeNull();
    const revision = await one.edit(1);
    await one.run();
    await one.storage.deleteHead(one.project.id, 'live');
    await one.run();
    expect(stored(one)).toBe(revision);
  });

  it('deletes at the server what was deleted here, and then forgets it', async () => {
    const one = await device();
    await one.edit(1);
    await one.run();
    await one.storage.deleteProject(one.project.id);
    await one.run();
    expect(server.heads.size).toBe(0);
    expect(await one.storage.syncs()).toEqual([]);
  });

  it('stops at a refused token, and loses nothing', async () => {
    const one = await device();
    const revision = await one.edit(1);
    server.next = 'refused';
    await expect(one.run()).rejects.toMatchObject({ status: 401 });
    expect(await one.local()).toBe(revision);
    await one.run();
    expect(stored(one)).toBe(revision);
  });

  it('says that the trunk is another one, and takes nothing', async () => {
    const one = await device();
    const mine = await one.edit(1);
    await one.run();
    const foreign = await headFile(2, digest('c'));
    server.heads.set(`${one.project.id}`, {
      ...{ bytes: new Uint8Array(foreign.data), revision: foreign.revision, title: 'Leaves' },
    });
    expect([...(await one.run()).values()]).toMatchObject([{ error: { code: 'trunk_mismatch' } }]);
    expect(await one.local()).toBe(mine);
  });

  it('knows a head that was adapted to a light when it comes from another device', async () => {
    const one = await device();
    await one.edit(1);
    await one.run();
    const theirs = await headFile(2, digest('a'), { adapted: true });
    server.heads.set(`${one.project.id}`, {
      ...{ bytes: new Uint8Array(theirs.data), revision: theirs.revision, title: 'Leaves' },
    });
    await one.run();
    expect(await one.storage.answeringHead(one.project.id)).toMatchObject({
      ...{ revision: theirs.revision, adapted: true },
    });
  });

  it('does not send again by itself what the server refused for what it is', async () => {
    const one = await device();
    await one.edit(1);
    server.refusals = new Map([['PUT', [413, 'head_too_large']]]);
    const problems = await one.run();
    expect([...problems.values()]).toMatchObject([{ error: { code: 'head_too_large' } }]);
    server.requests.length = 0;
    expect([...(await one.run(problems)).keys()]).toEqual([one.project.id]);
    expect(server.requests).toEqual(['GET /api/heads']);
    server.refusals = new Map();
    const revision = await one.edit(2);
    expect((await one.run(problems)).size).toBe(0);
    expect(stored(one)).toBe(revision);
  });

  it('leaves the public head of somebody else with the same id alone', async () => {
    const one = await device();
    await one.edit(1);
    await one.run();
    // Enrolled again, as another owner: the old head is public, and not this owner's.
    server.foreign.add(`${one.project.id}`);
    await one.run();
    expect((await one.storage.sync(one.project.id))?.conflict).toMatchObject({ remote: null });
  });

  it('pushes a head anew that comes back while its deletion is under way', async () => {
    const one = await device();
    const revision = await one.edit(1);
    await one.run();
    const whole = await one.storage.deleteProject(one.project.id);
    server.before = async (method) => {
      if (method === 'DELETE' && whole !== null) await one.storage.putWholeProject(whole);
    };
    await one.run();
    server.before = async () => {};
    await one.run();
    expect([stored(one), await one.local()]).toEqual([revision, revision]);
  });

  it('gives up on what was deleted here and changed there: it stays there', async () => {
    const one = await device();
    await one.edit(1);
    await one.run();
    const theirs = await headFile(7);
    server.heads.set(`${one.project.id}`, {
      ...{ bytes: new Uint8Array(theirs.data), revision: theirs.revision, title: 'Leaves' },
    });
    await one.storage.deleteProject(one.project.id);
    await one.run();
    expect([stored(one), await one.storage.syncs()]).toEqual([theirs.revision, []]);
  });

  it('tells a new name once, and leaves a name that another device gave', async () => {
    const one = await device();
    await one.edit(1);
    await one.run();
    const head = server.heads.get(`${one.project.id}`);
    if (head !== undefined) head.title = 'Given elsewhere';
    await one.run();
    expect(server.heads.get(`${one.project.id}`)?.title).toBe('Given elsewhere');
    await one.storage.updateProject(one.project.id, (project) => ({ ...project, title: 'Trees' }));
    await one.run();
    expect(server.heads.get(`${one.project.id}`)?.title).toBe('Trees');
  });
});
