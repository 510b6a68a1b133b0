// Two devices on real databases, one server, tabs that are closed in the middle of anything, requests and answers that
// are lost, and people who edit, delete, undo and settle conflicts meanwhile: nothing vanishes but what a person gave up.
import { deleteDB } from 'idb';
import { afterEach, describe, expect, it } from 'vitest';
import { openStorage } from '../../../../app/storage/database.ts';
import type { ProjectRecord } from '../../../../app/storage/schema.ts';
import type { Storage, WholeProject } from '../../../../app/storage/storage.ts';
import { resolveConflict } from '../../../../app/sync/actions.ts';
import { countedFetch } from '../../../../app/sync/counted-fetch.ts';
import { runOutbox } from '../../../../app/sync/outbox.ts';
import { createClient } from '../../../../src/client/client.ts';
import type { HeadId } from '../../../../src/contract/ids.ts';
import { randomFrom } from '../../../../src/head/random.ts';
import { headFile } from '../../support/head-files.ts';
import { createHeadServer, type HeadServer } from '../../support/head-server.ts';
import { aHead, aProject, aSync } from '../../support/records.ts';

const ROUNDS = 10;
const STEPS = 60;
const FATES = [null, null, null, 'lost-request', 'lost-answer', 'refused'] as const;
type Pick = <T>(from: readonly T[]) => T;

const devices: Device[] = [];
afterEach(async () => {
  for (const device of devices.splice(0)) await device.end();
});

class Device {
  readonly project: ProjectRecord = aProject();
  readonly name = `test-${crypto.randomUUID()}`;
  storage: Storage;
  private readonly server: HeadServer;
  private deleted: WholeProject | null = null;
  /** The tab that syncs now; another one of this device waits for it, as the lock makes it. */
  private running: Promise<unknown> = Promise.resolve();
  private tab = new AbortController();

  private constructor(server: HeadServer, storage: Storage, name: string) {
    this.server = server;
    this.storage = storage;
    this.name = name;
  }

  static async open(server: HeadServer, head?: HeadId): Promise<Device> {
    const name = `test-${crypto.randomUUID()}`;
    const device = new Device(server, await openStorage({ name }), name);
    devices.push(device);
    await device.storage.putProject(device.project);
    const sync = aSync(device.project);
    await device.storage.putSync(head === undefined ? sync : { ...sync, head });
    return device;
  }

  /** Begins; whoever wants to know when it is done awaits `rest`. */
  sync(): void {
    this.running = this.running
      .then(() => runOutbox({ ...this.deps(), signal: this.tab.signal }))
      .catch(() => {});
  }

  async rest(): Promise<void> {
    await this.running;
  }

  /** Whatever it was doing ends where it stands. */
  async closeTab(): Promise<void> {
    this.tab.abort();
    this.storage.close();
    await this.running;
    this.tab = new AbortController();
    this.storage = await openStorage({ name: this.name });
  }

  async edit(n: number): Promise<string | null> {
    if ((await this.storage.project(this.project.id)) === null) return null;
    const { data, revision } = await headFile(n);
    // As a person does who was given another head, and goes back to their own photos.
    await this.storage.putHead(aHead(this.project, { slot: 'kept', data, revision }));
    return revision;
  }

  async delete(): Promise<void> {
    this.deleted = (await this.storage.deleteProject(this.project.id)) ?? this.deleted;
  }

  async undo(): Promise<void> {
    if (this.deleted === null || (await this.storage.project(this.project.id)) !== null) return;
    await this.storage.putWholeProject(this.deleted);
  }

  async settle(keep: 'mine' | 'theirs'): Promise<void> {
    await this.rest();
    await resolveConflict(this.deps(), this.project.id, keep).catch(() => {});
  }

  /** Every head that this device has, or can take back. */
  async holds(): Promise<readonly string[]> {
    const local = await this.storage.answeringHead(this.project.id);
    const undo = this.deleted?.heads.map(({ revision }) => revision) ?? [];
    return [...(local === null ? [] : [local.revision]), ...undo];
  }

  async end(): Promise<void> {
    await this.running;
    this.storage.close();
    await deleteDB(this.name);
  }

  private deps() {
    const { storage } = this;
    const fetch = countedFetch({ storage, fetch: this.server.fetch });
    return {
      storage,
      client: createClient({ origin: 'https://edge.test', token: 't', retries: 0, fetch }),
      now: () => 5000,
    };
  }
}

/** One life of two devices. @returns what was lost, and how the two ended */
async function live(random: () => number) {
  const pick: Pick = (from) => from[Math.floor(random() * from.length)] as (typeof from)[number];
  const server = createHeadServer();
  const one = await Device.open(server);
  const both = [one, await Device.open(server, one.project.id as string as HeadId)] as const;
  // Replaced by the same person, deleted for good by them, or given up in a conflict that they have seen.
  const givenUp = new Set<string>();
  const made: string[] = [];
  const giveUp = async (device: Device) => {
    for (const revision of await device.holds()) givenUp.add(revision);
  };
  server.before = async () => {
    // Something happens while a request is on its way.
    if (random() < 0.3) await personDoes(pick(both), pick(['edit', 'delete', 'undo'] as const));
  };

  async function personDoes(device: Device, what: 'edit' | 'delete' | 'undo'): Promise<void> {
    try {
      if (what === 'edit') {
        await giveUp(device);
        const revision = await device.edit(made.length + 1);
        if (revision !== null) made.push(revision);
      } else if (what === 'delete') await device.delete();
      else await device.undo();
    } catch {
      // The tab is being closed.
    }
  }

  for (let step = 0; step < STEPS; step++) {
    const device = pick(both);
    server.next = pick(FATES);
    server.nextOf = pick([null, 'GET', 'PUT', 'DELETE']);
    const what = pick([
      'sync',
      'sync',
      'sync',
      'edit',
      'edit',
      'delete',
      'undo',
      'close',
      'settle',
      'rest',
    ] as const);
    if (what === 'sync') device.sync();
    else if (what === 'rest') await device.rest();
    else if (what === 'close') await device.closeTab();
    else if (what === 'settle') {
      const keep = pick(['mine', 'theirs'] as const);
      await device.rest();
      const conflict = (await device.storage.sync(device.project.id))?.conflict;
      const loser = keep === 'mine' ? conflict?.remote : conflict?.local;
      if (loser) givenUp.add(loser);
      await device.settle(keep);
    } else await personDoes(device, what);
  }
  Object.assign(server, { next: null, nextOf: null, before: async () => {} });
  for (const device of both) await device.rest();
  const there = [...server.heads.values()].map(({ revision }) => revision);
  const held = new Set([...there, ...(await one.holds()), ...(await both[1].holds())]);
  return { server, both, lost: made.filter((revision) => !held.has(revision) && !givenUp.has(revision)) };
}

describe('two devices and their tabs', () => {
  it('never lose a head that nobody gave up, and come to say the same at rest', async () => {
    const seed = Number(import.meta.env.VITE_SEED ?? Math.floor(Math.random() * 1e9));
    const random = randomFrom(seed);
    for (let round = 0; round < ROUNDS; round++) {
      const said = `seed ${seed}, round ${round}`;
      const { server, both, lost } = await live(random);
      expect(lost, said).toEqual([]);
      for (let turn = 0; turn < 6; turn++)
        for (const device of both) {
          device.sync();
          await device.settle(device === both[0] ? 'mine' : 'theirs');
          device.sync();
          await device.rest();
        }
      for (const device of both) {
        const record = await device.storage.sync(device.project.id);
        // Deleted for good, or settled to do without the server.
        if (record === null) continue;
        const there = server.heads.get(record.head)?.revision ?? null;
        const local = (await device.storage.answeringHead(device.project.id))?.revision ?? null;
        expect([record.conflict, local ?? there], said).toEqual([null, there]);
      }
    }
  });
});
