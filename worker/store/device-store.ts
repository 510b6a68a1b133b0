// Installed apps that hold a token, as everybody else sees them. No I/O here; memory-identities.ts and d1-devices.ts
// implement it and pass the same tests.
import type { OwnerId } from './head-store.ts';

/** A `lastUsedAt` moves at most this often, so that a busy token does not write at every request. */
export const LAST_USE_STEP_MS = 60 * 60 * 1000;

/** An installed app that holds a token. */
export interface Device {
  readonly id: string;
  readonly owner: OwnerId;
  readonly name: string;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  readonly lastUsedAt: string;
}

/** A device to be; the token itself is never stored. */
export interface NewDevice {
  readonly name: string;
  /** SHA-256 of the token in hex. */
  readonly tokenDigest: string;
  /** ms since the epoch */
  readonly now: number;
}

/** `full`: there are as many as there may be. `revoked`: the device that asks has just been. */
export type Refusal = 'full' | 'revoked';

export interface DeviceStore {
  /** A new device of a new owner. */
  enrol(device: NewDevice): Promise<Device>;
  /** Opens a link code of the device's owner, in place of the one that may be open. */
  createLink(link: {
    readonly device: Device;
    /** SHA-256 of the code in hex. */
    readonly codeDigest: string;
    /** ms since the epoch */
    readonly expiresAt: number;
  }): Promise<'created' | Refusal>;
  /**
   * A new device of the owner who opened the link, which is used up: of concurrent calls one succeeds.
   * @returns null: there is no such link, or no longer
   */
  join(device: NewDevice & { readonly codeDigest: string }): Promise<Device | null>;
  /** The device of a token, and a note that it was used. */
  authenticate(tokenDigest: string, now: number): Promise<Device | null>;
  /** The owner's devices, oldest first. */
  list(owner: OwnerId): Promise<readonly Device[]>;
  /**
   * Ends a device's token at once, and with it the link that its owner has open, for it may be this device that opened
   * it. With the last device go the owner's keys, which nobody could revoke any more; heads stay.
   * @returns false: the owner has no such device
   */
  revoke(id: string, owner: OwnerId): Promise<boolean>;
}

/** Whether a use at `now` is to be noted after one at `lastUsedAt`. */
export function isNewUse(lastUsedAt: string | null, now: number): boolean {
  return lastUsedAt === null || now - Date.parse(lastUsedAt) >= LAST_USE_STEP_MS;
}
