// Where heads live, as everybody else sees it: the interface, its records, and the one rule that decides a PUT.
// No I/O here; memory.ts and d1.ts implement it and pass the same tests.
import * as v from 'valibot';
import type { HeadSummary, Visibility } from '../../src/contract/api.ts';
import type { Digest, HeadId, ModelName } from '../../src/contract/ids.ts';

/** A person; `operator` is the one who deployed the Worker. */
export const OwnerId = v.pipe(v.string(), v.minLength(1), v.brand('OwnerId'));
export type OwnerId = v.InferOutput<typeof OwnerId>;

/** The owner of the models' default heads. */
export const OPERATOR: OwnerId = v.parse(OwnerId, 'operator');

/** Most heads that one list holds, own and public each. */
export const MAX_LISTED_HEADS = 500;

/** A head without its bytes. */
export interface HeadRecord {
  /** Random and internal: names the head's bytes, and never leaves the Worker. */
  readonly key: string;
  readonly owner: OwnerId;
  readonly id: HeadId;
  /** Null until the owner gives one. */
  readonly title: string | null;
  readonly model: ModelName;
  readonly trunk: Digest;
  /** SHA-256 of the bytes. */
  readonly revision: Digest;
  readonly labels: readonly string[];
  readonly bytes: number;
  readonly visibility: Visibility;
  /** ISO 8601, UTC, as all times here. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A time at which a head became these bytes. */
export interface Revision {
  readonly digest: Digest;
  readonly bytes: number;
  readonly createdAt: string;
}

/** What a head is to become. */
export interface HeadPut {
  readonly owner: OwnerId;
  readonly id: HeadId;
  readonly model: ModelName;
  readonly trunk: Digest;
  readonly labels: readonly string[];
  readonly content: Uint8Array;
  /** SHA-256 of `content`. */
  readonly revision: Digest;
  /** What the caller believes to be stored: nothing, or one of these revisions. */
  readonly expected: Expected;
  /** Of a head that is created; an existing one keeps its own. */
  readonly visibility: Visibility;
  /** ms since the epoch */
  readonly now: number;
}

/** A precondition on the stored revision: `absent`, `any` existing one, or one of a list. */
export type Expected = 'absent' | 'any' | readonly Digest[];

export type PutResult =
  /** The bytes are stored; `unchanged` if they were already. */
  | { readonly outcome: 'created' | 'replaced' | 'unchanged'; readonly head: HeadRecord }
  /** Something else is stored than was expected. */
  | { readonly outcome: 'conflict'; readonly head: HeadRecord }
  /** Nothing is stored, but something was expected. */
  | { readonly outcome: 'missing' }
  /** Another owner's public head has this id, and this one was to be public. */
  | { readonly outcome: 'taken' };

export type PatchResult =
  | { readonly outcome: 'replaced'; readonly head: HeadRecord }
  | { readonly outcome: 'missing' | 'taken' };

export interface HeadStore {
  /** The reader's own head of this id, else the public one. `null` reads as nobody. */
  find(id: HeadId, reader: OwnerId | null): Promise<HeadRecord | null>;
  /** The head that this very owner has under this id. */
  findOwned(id: HeadId, owner: OwnerId): Promise<HeadRecord | null>;
  /** Own heads, then others' public ones, each latest first and at most `MAX_LISTED_HEADS`. */
  list(reader: OwnerId | null): Promise<readonly HeadRecord[]>;
  /** Creates or replaces; of concurrent calls with different bytes and one expectation exactly one succeeds. */
  put(put: HeadPut): Promise<PutResult>;
  /** Changes title or visibility; the revision stays. */
  patch(
    id: HeadId,
    owner: OwnerId,
    patch: { readonly title?: string | undefined; readonly visibility?: Visibility | undefined },
    now: number,
  ): Promise<PatchResult>;
  /** Removes the head, its history and its bytes. */
  delete(id: HeadId, owner: OwnerId, expected: Expected): Promise<'deleted' | 'missing' | HeadRecord>;
  /** Revisions of a head, latest first. */
  revisions(head: HeadRecord): Promise<readonly Revision[]>;
  /** Bytes of one revision, or null where the head never had it. */
  read(head: HeadRecord, revision: Digest): Promise<Uint8Array | null>;
}

/**
 * Decides a PUT against what is stored. The same bytes again succeed whatever was expected: a client whose answer was
 * lost repeats its request, and must not be told of a conflict with itself.
 * @returns the final result, or null: go on and store
 */
export function judgePut(
  stored: HeadRecord | null,
  put: Pick<HeadPut, 'expected' | 'revision'>,
): PutResult | null {
  if (stored === null) return put.expected === 'absent' ? null : { outcome: 'missing' };
  if (stored.revision === put.revision) return { outcome: 'unchanged', head: stored };
  return meets(put.expected, stored) ? null : { outcome: 'conflict', head: stored };
}

/** Whether a stored head is what was expected. */
export function meets(expected: Expected, stored: HeadRecord): boolean {
  if (expected === 'absent') return false;
  return expected === 'any' || expected.includes(stored.revision);
}

/** A head as the API shows it; without a title of its own it is called by its labels. */
export function summaryOf(head: HeadRecord, asks: OwnerId | null): HeadSummary {
  const { key: _, owner, labels, title, ...shown } = head;
  const [first = ''] = labels;
  const named = labels.join(', ');
  return {
    ...shown,
    own: owner === asks,
    labels: [...labels],
    title: title ?? (named.length <= 100 ? named : `${first} and ${labels.length - 1} more`),
  };
}
