import { env } from 'cloudflare:workers';
import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/contract/digest.ts';
import { Digest, HeadId, ModelName } from '../../../src/contract/ids.ts';
import { createD1DeviceStore } from '../../../worker/store/d1-devices.ts';
import { createD1HeadStore } from '../../../worker/store/d1-heads.ts';
import type { DeviceStore } from '../../../worker/store/device-store.ts';
import type { HeadPut, HeadStore, OwnerId } from '../../../worker/store/head-store.ts';
import { createMemoryHeadStore } from '../../../worker/store/memory-heads.ts';
import { createMemoryIdentities } from '../../../worker/store/memory-identities.ts';

const NOW = Date.UTC(2026, 0, 1);
const id = (name: string) => v.parse(HeadId, name);

async function putOf(
  owner: OwnerId,
  name: string,
  text: string,
  rest: Partial<HeadPut> = {},
): Promise<HeadPut> {
  const content = new TextEncoder().encode(text);
  return {
    owner,
    id: id(name),
    model: v.parse(ModelName, 'tiny'),
    trunk: v.parse(Digest, 'a'.repeat(64)),
    labels: ['cup', 'plate'],
    content,
    revision: await sha256Hex(content),
    expected: 'absent',
    visibility: 'private',
    now: NOW,
    ...rest,
  };
}

const stores: readonly [string, () => { heads: HeadStore; devices: DeviceStore }][] = [
  ['in memory', () => ({ heads: createMemoryHeadStore(), devices: createMemoryIdentities().devices })],
  [
    'on D1 and R2',
    () => ({ heads: createD1HeadStore(env.DB, env.HEADS), devices: createD1DeviceStore(env.DB) }),
  ],
];

describe.each(stores)('HeadStore %s', (_, create) => {
  let heads: HeadStore;
  let ann: OwnerId;
  let bob: OwnerId;
  let name: string;
  let serial = 0;

  beforeEach(async () => {
    const created = create();
    heads = created.heads;
    const enrol = async () =>
      (await created.devices.enrol({ name: 'phone', tokenDigest: crypto.randomUUID(), now: NOW })).owner;
    ann = await enrol();
    bob = await enrol();
    name = `head-${++serial}`;
  });

  it('creates a head once and gives back its bytes', async () => {
    const put = await putOf(ann, name, 'one');
    const created = await heads.put(put);
    expect(created.outcome).toBe('created');
    const found = await heads.find(id(name), ann);
    expect(found).toMatchObject({
      owner: ann,
      title: null,
      revision: put.revision,
      labels: ['cup', 'plate'],
      bytes: 3,
      visibility: 'private',
      createdAt: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-01-01T00:00:00.000Z',
    });
    if (found === null) return;
    expect(await heads.read(found, put.revision)).toEqual(put.content);
    expect(await heads.read(found, await sha256Hex(new Uint8Array(1)))).toBeNull();
  });

  it('takes the same bytes again whatever was expected, and notes one revision', async () => {
    const put = await putOf(ann, name, 'one');
    await heads.put(put);
    for (const expected of ['absent', 'any', [], ['b'.repeat(64)]] as const) {
      const again = await heads.put({ ...put, expected: v.parse(Expectation, expected), now: NOW + 1 });
      expect(again).toMatchObject({ outcome: 'unchanged', head: { updatedAt: '2026-01-01T00:00:00.000Z' } });
    }
    const found = await heads.find(id(name), ann);
    expect(found && (await heads.revisions(found))).toHaveLength(1);
  });

  it('refuses to create over another revision', async () => {
    const first = await putOf(ann, name, 'one');
    await heads.put(first);
    const second = await heads.put(await putOf(ann, name, 'two'));
    expect(second).toMatchObject({ outcome: 'conflict', head: { revision: first.revision } });
  });

  it('replaces the expected revision, keeps title and visibility, and remembers the old bytes', async () => {
    const first = await putOf(ann, name, 'one');
    await heads.put(first);
    await heads.patch(id(name), ann, { title: 'Kitchen', visibility: 'public' }, NOW + 1);
    const second = await putOf(ann, name, 'three', {
      expected: [first.revision],
      labels: ['fork'],
      now: NOW + 2,
    });
    const replaced = await heads.put(second);
    expect(replaced).toMatchObject({
      outcome: 'replaced',
      head: {
        title: 'Kitchen',
        visibility: 'public',
        revision: second.revision,
        labels: ['fork'],
        bytes: 5,
        createdAt: '2026-01-01T00:00:00.000Z',
        updatedAt: '2026-01-01T00:00:00.002Z',
      },
    });
    const found = await heads.find(id(name), ann);
    if (found === null) throw new Error('the head is gone');
    expect(await heads.revisions(found)).toEqual([
      { digest: second.revision, bytes: 5, createdAt: '2026-01-01T00:00:00.002Z' },
      { digest: first.revision, bytes: 3, createdAt: '2026-01-01T00:00:00.000Z' },
    ]);
    expect(await heads.read(found, first.revision)).toEqual(first.content);
  });

  it('notes the return to an earlier revision as history', async () => {
    const one = await putOf(ann, name, 'one');
    const two = await putOf(ann, name, 'two', { expected: 'any' });
    await heads.put(one);
    await heads.put(two);
    await heads.put({ ...one, expected: [two.revision] });
    const found = await heads.find(id(name), ann);
    expect(found && (await heads.revisions(found)).map(({ digest }) => digest)).toEqual([
      one.revision,
      two.revision,
      one.revision,
    ]);
  });

  it('refuses a stale revision and tells the current one', async () => {
    const first = await putOf(ann, name, 'one');
    const second = await putOf(ann, name, 'two', { expected: [first.revision] });
    await heads.put(first);
    await heads.put(second);
    const stale = await heads.put(await putOf(ann, name, 'three', { expected: [first.revision] }));
    expect(stale).toMatchObject({ outcome: 'conflict', head: { revision: second.revision } });
  });

  it('refuses to replace what is not there', async () => {
    expect(await heads.put(await putOf(ann, name, 'one', { expected: 'any' }))).toEqual({
      outcome: 'missing',
    });
  });

  it('lets exactly one of concurrent creations with different bytes win', async () => {
    const puts = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => putOf(ann, name, text)));
    const results = await Promise.all(puts.map((put) => heads.put(put)));
    const winners = puts.filter((_, i) => results[i]?.outcome === 'created');
    expect(winners).toHaveLength(1);
    expect(results.filter(({ outcome }) => outcome === 'conflict')).toHaveLength(4);
    const found = await heads.find(id(name), ann);
    if (found === null) throw new Error('the head is gone');
    expect(found.revision).toBe(winners[0]?.revision);
    expect(await heads.read(found, found.revision)).toEqual(winners[0]?.content);
    expect(await heads.revisions(found)).toHaveLength(1);
  });

  it('lets exactly one of concurrent replacements win, and every copy of it succeed', async () => {
    const first = await putOf(ann, name, 'one');
    await heads.put(first);
    const texts = ['a', 'a', 'b', 'b'];
    const puts = await Promise.all(
      texts.map((text) => putOf(ann, name, text, { expected: [first.revision] })),
    );
    const results = await Promise.all(puts.map((put) => heads.put(put)));
    expect(results.map(({ outcome }) => outcome).sort()).toEqual([
      'conflict',
      'conflict',
      'replaced',
      'unchanged',
    ]);
    const found = await heads.find(id(name), ann);
    expect(found && (await heads.revisions(found))).toHaveLength(2);
  });

  it('keeps owners apart: the same id, one private head each', async () => {
    const mine = await putOf(ann, name, 'mine');
    const theirs = await putOf(bob, name, 'theirs');
    expect((await heads.put(mine)).outcome).toBe('created');
    expect(await heads.find(id(name), bob)).toBeNull();
    expect(await heads.find(id(name), null)).toBeNull();
    expect((await heads.patch(id(name), bob, { title: 'x' }, NOW)).outcome).toBe('missing');
    expect(await heads.delete(id(name), bob, 'any')).toBe('missing');
    expect((await heads.put(theirs)).outcome).toBe('created');
    expect(await heads.find(id(name), ann)).toMatchObject({ owner: ann, revision: mine.revision });
    expect(await heads.find(id(name), bob)).toMatchObject({ owner: bob, revision: theirs.revision });
  });

  it('finds a public head for everybody, but one own head before it', async () => {
    const shared = await putOf(ann, name, 'shared', { visibility: 'public' });
    await heads.put(shared);
    expect(await heads.find(id(name), null)).toMatchObject({ owner: ann });
    expect(await heads.find(id(name), bob)).toMatchObject({ owner: ann });
    await heads.put(await putOf(bob, name, 'own'));
    expect(await heads.find(id(name), bob)).toMatchObject({ owner: bob });
    expect(await heads.findOwned(id(name), ann)).toMatchObject({ owner: ann });
  });

  it('has one public head of an id at most', async () => {
    await heads.put(await putOf(ann, name, 'one', { visibility: 'public' }));
    expect(await heads.put(await putOf(bob, name, 'two', { visibility: 'public' }))).toEqual({
      outcome: 'taken',
    });
    await heads.put(await putOf(bob, name, 'two'));
    expect(await heads.patch(id(name), bob, { visibility: 'public' }, NOW)).toEqual({ outcome: 'taken' });
    expect(await heads.find(id(name), bob)).toMatchObject({ visibility: 'private' });
    expect((await heads.patch(id(name), ann, { visibility: 'private' }, NOW)).outcome).toBe('replaced');
    expect((await heads.patch(id(name), bob, { visibility: 'public' }, NOW)).outcome).toBe('replaced');
  });

  it('lists own heads, then public ones of others, latest first', async () => {
    const at = async (owner: OwnerId, suffix: string, later: number, visibility: 'private' | 'public') =>
      heads.put(await putOf(owner, `${name}-${suffix}`, suffix, { now: NOW + later, visibility }));
    await at(ann, 'a', 1, 'private');
    await at(ann, 'b', 3, 'public');
    await at(bob, 'c', 2, 'public');
    await at(bob, 'd', 4, 'private');
    const listed = async (reader: OwnerId | null) =>
      (await heads.list(reader)).map((head) => head.id).filter((each) => each.startsWith(`${name}-`));
    expect(await listed(ann)).toEqual([`${name}-b`, `${name}-a`, `${name}-c`]);
    expect(await listed(bob)).toEqual([`${name}-d`, `${name}-c`, `${name}-b`]);
    expect(await listed(null)).toEqual([`${name}-b`, `${name}-c`]);
  });

  it('deletes a head with its history and bytes, once, and only the expected revision', async () => {
    const put = await putOf(ann, name, 'one');
    await heads.put(put);
    const found = await heads.find(id(name), ann);
    if (found === null) throw new Error('the head is gone');
    expect(await heads.delete(id(name), ann, [await sha256Hex(new Uint8Array(1))])).toEqual(found);
    expect(await heads.delete(id(name), ann, [put.revision])).toBe('deleted');
    expect(await heads.delete(id(name), ann, 'any')).toBe('missing');
    expect(await heads.find(id(name), ann)).toBeNull();
    expect(await heads.revisions(found)).toEqual([]);
    expect(await heads.read(found, put.revision)).toBeNull();
    expect((await heads.put(put)).outcome).toBe('created');
    expect(await heads.read(found, put.revision)).toBeNull();
  });
});

const Expectation = v.union([v.picklist(['absent', 'any']), v.array(Digest)]);

describe('HeadStore on D1 and R2 alone', () => {
  const heads = createD1HeadStore(env.DB, env.HEADS);
  const devices = createD1DeviceStore(env.DB);

  it('leaves no object behind when a head is deleted or a creation is lost', async () => {
    const before = (await env.HEADS.list()).objects.length;
    const { owner } = await devices.enrol({ name: 'phone', tokenDigest: 'left-overs', now: NOW });
    await Promise.all(['a', 'b', 'c'].map(async (text) => heads.put(await putOf(owner, 'lost', text))));
    expect((await env.HEADS.list()).objects).toHaveLength(before + 1);
    await heads.put(await putOf(owner, 'lost', 'd', { expected: 'any' }));
    await heads.delete(id('lost'), owner, 'any');
    expect((await env.HEADS.list()).objects).toHaveLength(before);
    expect((await env.DB.prepare('SELECT * FROM orphans').all()).results).toEqual([]);
  });

  it('fails as storage_failed, and stores no row, when R2 refuses the bytes', async () => {
    const { owner } = await devices.enrol({ name: 'phone', tokenDigest: 'refused', now: NOW });
    const put = await putOf(owner, 'refused', 'a');
    const lie = { ...put, revision: await sha256Hex(new TextEncoder().encode('b')) };
    await expect(heads.put(lie)).rejects.toMatchObject({ code: 'storage_failed' });
    expect(await heads.find(put.id, owner)).toBeNull();
  });
});
