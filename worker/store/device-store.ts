// Who has a token, as everybody else sees it. No I/O here; memory.ts and d1.ts implement it and pass the same tests.
import type { OwnerId } from './head-store.ts';

/** A device's `lastUsedAt` moves at most this often, so that a busy device does not write at every request. */
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

export interface DeviceStore {
  /**
   * A new device of a new owner.
   * @param tokenDigest SHA-256 of the token in hex; the token itself is never stored
   * @param now ms since the epoch
   */
  enrol(device: {
    readonly name: string;
    readonly tokenDigest: string;
    readonly now: number;
  }): Promise<Device>;
  /** The device of a token, and a note that it was used. */
  authenticate(tokenDigest: string, now: number): Promise<Device | null>;
}
