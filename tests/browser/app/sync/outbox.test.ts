// The outbox on a real database, against a server in memory that loses requests and answers.
import { deleteDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStorage } from '../../../../app/storage/database.ts';
import type { HeadRecord, ProjectRecord } from '../../../../app/storage/schema.ts';
import type { Storage } from '../../../../app/storage/storage.ts';
import { resolveConflict } from '../../../../app/sync/actions.ts';
import { countedFetch } from '../../../../app/sync/counted-fetch.ts';
import { type Problems, runOutbox } from '../../../../app/sync/outbox.ts';
import { encodeHead } from '../../../../src/artifact/head-file.ts';
import { createClient } from '../../../../src/client/client.ts';
import { sha256Hex } from '../../../../src/contract/digest.ts';
import type { HeadMetadata } from '../../../../src/contract/head.ts';
import type { ModelName } from '../../../../src/contract/ids.ts';
import { randomFrom } from '../../../../src/head/random.ts';
import { createHeadServer, type HeadServer } from '../../support/head-server.ts';
import { aHead, aProject, aSync, digest } from '../../support/records.ts';

interface Device {
  readonly storage: Storage;
  readonly project: ProjectRecord;
  readonly run: () => Promise<Problems>;
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

async function headFile(n: number): Promise<{ readonly data: ArrayBuffer; readonly revision: string }> {
  const labels = ['Oak', 'Elm'];
  const calibration = { temperature: 1, rejectAbove: null };
  const report = { examples: [1, 1], heldOut: 'none' as const, accuracy: null, lambda: null };
  const metadata: HeadMetadata = {
    ...{ schema: 'topwork.head/1', kind: 'ridge', labels, model: 'mobilenet-v2' as ModelName },
    ...{ trunk: digest('a'), statistics: digest('b'), cut: 'c', pooling: '1x1' },
    ...{ preprocessing: { size: 160, range: [0, 1] }, batchNorm: 'stored', calibration, report },
  };
  const head = {
    ...{ kind: 'ridge' as const, labels, calibration },
    standardize: { mean: Float32Array.of(0), deviation: Float32Array.of(1) },
    layers: [{ kernel: Float32Array.of(n, -n), bias: Float32Array.of(0, 0), activation: 'linear' as const }],
  };
  const bytes = encodeHead(head, metadata);
  return { data: bytes.buffer, revision: await sha256Hex(bytes) };
}

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
    run: () => runOutbox(outbox),
    resolve: (keep) => resolveConflict(outbox, project.id, keep),
    async edit(n) {
      const { data, revision } = await headFile(n);
      // The kept head answers; a person who edits after a pull goes back to the live one.
      await storage.deleteHead(project.id, 'kept');
      await storage.putHead(aHead(project, { data, revision: revision as HeadRecord['revision'] }));
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

  it('never drops a head that the server does not have, whatever is lost between', async () => {
    const seed = Number(new URLSearchParams(location.search).get('seed') ?? Date.now() % 1e6);
    const random = randomFrom(seed);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    const one = await device();
    const two = await device(`${one.project.id}`);
    const made = new Map<Device, string | null>([
      [one, null],
      [two, null],
    ]);
    let n = 1;
    for (let step = 0; step < 120; step++) {
      const at = pick([one, two]);
      const what = pick(['edit', 'run', 'run', 'run', 'resolve']);
      server.next = pick([null, null, 'lost-request', 'lost-answer', 'refused'] as const);
      if (what === 'edit') made.set(at, await at.edit(n++));
      else if (what === 'run') await at.run().catch(() => {});
      else await at.resolve(pick(['mine', 'theirs'])).catch(() => {});
      server.next = null;
      const edited = made.get(at) ?? null;
      const local = await at.local();
      // What a person has made is there, or at the server, or was given up for the server's by their own choice.
      const safe =
        edited === null || local === edited || server.history.includes(edited) || what === 'resolve';
      expect(safe, `seed ${seed}, step ${step}`).toBe(true);
      if (local !== edited) made.set(at, null);
    }
    // At rest, with every conflict settled, both say the same.
    for (let round = 0; round < 6; round++)
      for (const at of [one, two]) {
        await at.run();
        await at.resolve(at === one ? 'mine' : 'theirs');
        await at.run();
      }
    expect([await one.local(), await two.local()], `seed ${seed}`).toEqual([
      stored(one) ?? null,
      stored(one) ?? null,
    ]);
  });
});
