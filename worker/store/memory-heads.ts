// Heads in memory: what D1 and R2 must behave like. Nothing survives.
import {
  type HeadRecord,
  type HeadStore,
  judgePut,
  MAX_LISTED_HEADS,
  meets,
  type Revision,
} from './head-store.ts';

interface Entry {
  readonly head: HeadRecord;
  readonly history: readonly Revision[];
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

/** Heads in a map; each method is one synchronous step, so that concurrent calls are atomic. */
export function createMemoryHeadStore(): HeadStore {
  const entries = new Map<string, Entry>();
  const nameOf = (owner: string, id: string) => `${owner}/${id}`;
  const owned = (id: string, owner: string | null) => entries.get(nameOf(owner ?? '', id));
  const all = () => [...entries.values()].map(({ head }) => head);
  const publicOf = (id: string) => all().find((head) => head.id === id && head.visibility === 'public');
  /** The entry of a record that may have been deleted, and its id used again, since it was read. */
  const same = ({ id, owner, key }: HeadRecord) => {
    const entry = owned(id, owner);
    return entry?.head.key === key ? entry : undefined;
  };
  const save = (entry: Entry) => entries.set(nameOf(entry.head.owner, entry.head.id), entry);
  const latestFirst = (a: HeadRecord, b: HeadRecord) =>
    b.updatedAt < a.updatedAt ? -1 : b.updatedAt > a.updatedAt ? 1 : a.id < b.id ? -1 : 1;

  return {
    find: async (id, reader) => owned(id, reader)?.head ?? publicOf(id) ?? null,
    findOwned: async (id, owner) => owned(id, owner)?.head ?? null,
    async list(reader) {
      const own = all().filter(({ owner }) => owner === reader);
      const others = all().filter(({ owner, visibility }) => owner !== reader && visibility === 'public');
      return [own, others].flatMap((heads) => heads.sort(latestFirst).slice(0, MAX_LISTED_HEADS));
    },
    async put(put) {
      const { owner, id, model, trunk, labels, content, revision, now } = put;
      const stored = owned(id, owner);
      const judged = judgePut(stored?.head ?? null, put);
      if (judged !== null) return judged;
      if (stored === undefined && put.visibility === 'public' && publicOf(id)) return { outcome: 'taken' };
      const time = new Date(now).toISOString();
      const fresh = {
        key: crypto.randomUUID(),
        owner,
        id,
        title: null,
        createdAt: time,
        visibility: put.visibility,
      };
      const head: HeadRecord = {
        ...(stored?.head ?? fresh),
        ...{ model, trunk, labels, revision, bytes: content.length, updatedAt: time },
      };
      save({
        head,
        history: [{ digest: revision, bytes: content.length, createdAt: time }, ...(stored?.history ?? [])],
        contents: new Map([...(stored?.contents ?? []), [revision, new Uint8Array(content)]]),
      });
      return { outcome: stored === undefined ? 'created' : 'replaced', head };
    },
    async patch(id, owner, { title, visibility }, now) {
      const stored = owned(id, owner);
      if (stored === undefined) return { outcome: 'missing' };
      const taken = publicOf(id);
      if (visibility === 'public' && taken !== undefined && taken.owner !== owner)
        return { outcome: 'taken' };
      const head: HeadRecord = {
        ...stored.head,
        title: title ?? stored.head.title,
        visibility: visibility ?? stored.head.visibility,
        updatedAt: new Date(now).toISOString(),
      };
      save({ ...stored, head });
      return { outcome: 'replaced', head };
    },
    async delete(id, owner, expected) {
      const stored = owned(id, owner);
      if (stored === undefined) return 'missing';
      if (!meets(expected, stored.head)) return stored.head;
      entries.delete(nameOf(owner, id));
      return 'deleted';
    },
    revisions: async (head) => same(head)?.history ?? [],
    read: async (head, revision) => same(head)?.contents.get(revision) ?? null,
  };
}
