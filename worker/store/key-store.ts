// Keys that owners hand to programs, as everybody else sees them. No I/O here; memory-identities.ts and d1-keys.ts
// implement it and pass the same tests.
import type { KeyScope } from '../../src/contract/api.ts';
import type { HeadId } from '../../src/contract/ids.ts';
import type { Device, Refusal } from './device-store.ts';
import type { OwnerId } from './head-store.ts';

/** A program's token: what it is good for, and until when. */
export interface Key {
  readonly id: string;
  readonly owner: OwnerId;
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  /** The one head, among its owner's, that it reaches; null: all that its owner sees. */
  readonly head: HeadId | null;
  /** ISO 8601, UTC, as all times here. */
  readonly createdAt: string;
  /** Null: never. */
  readonly lastUsedAt: string | null;
  /** Null: until it is revoked. */
  readonly expiresAt: string | null;
}

export interface KeyStore {
  /** @param key.device whose owner's the key will be */
  create(key: {
    readonly device: Device;
    readonly name: string;
    readonly scopes: readonly KeyScope[];
    readonly head: HeadId | null;
    /** ms since the epoch, as `now` */
    readonly expiresAt: number | null;
    /** SHA-256 of the token in hex; the token itself is never stored. */
    readonly tokenDigest: string;
    readonly now: number;
  }): Promise<Key | Refusal>;
  /** The key of a token, unless it has expired, and a note that it was used. */
  authenticate(tokenDigest: string, now: number): Promise<Key | null>;
  /** The owner's keys, oldest first, expired ones too. */
  list(owner: OwnerId): Promise<readonly Key[]>;
  /** Ends a key at once. @returns false: the owner has no such key */
  revoke(id: string, owner: OwnerId): Promise<boolean>;
}

/** Scopes in their one order, each once. */
export function orderedScopes(scopes: readonly KeyScope[]): readonly KeyScope[] {
  return scopes.includes('heads:read') ? ['predict', 'heads:read'] : ['predict'];
}
