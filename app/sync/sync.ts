// The connection to the server the app came from, as screens see it. `startSync` (start.ts) makes it. Nothing is sent
// before the person has enrolled, and then only what `sent` lists; a head that is not synced yet is never lost.
import type { ReadonlySignal } from '@preact/signals';
import type { Client } from '../../src/client/client.ts';
import type { Connection, ProjectId, SyncRecord } from '../storage/schema.ts';

export type SyncState =
  | { readonly state: 'off' }
  | { readonly state: 'idle' }
  | { readonly state: 'syncing' }
  /** No network, or no answer; it is tried again by itself. */
  | { readonly state: 'waiting'; readonly error: unknown }
  /** The server refuses the token: heads stay here until the person enrols again. */
  | { readonly state: 'refused' };

export interface Sync {
  readonly connection: ReadonlySignal<Connection | null>;
  readonly state: ReadonlySignal<SyncState>;
  /** What is known of each project's head at the server. */
  readonly heads: ReadonlySignal<ReadonlyMap<ProjectId, SyncRecord>>;
  /** Why the server does not take a project's head; tried again when the head changes, or the person asks. */
  readonly problems: ReadonlySignal<ReadonlyMap<ProjectId, unknown>>;
  /** Bytes sent in all. */
  readonly sentBytes: ReadonlySignal<number>;

  /** The first device of an owner. @throws ApiError `enrolment_closed`, `rate_limited`, `unreachable`, ... */
  enrol(body: { readonly name: string; readonly invite?: string; readonly link?: string }): Promise<void>;
  /** Revokes this device at the server, if it can be reached, and forgets the token; heads stay on both sides. */
  disconnect(): Promise<void>;
  /** The typed client with this device's token, or without one; what it sends is counted. */
  client(): Client;

  /** Starts syncing a project's head. */
  enable(project: ProjectId): Promise<void>;
  /** Stops; with `alsoThere` the head is deleted at the server too. */
  disable(project: ProjectId, options: { readonly alsoThere: boolean }): Promise<void>;
  /** Runs now; resolves when every head is synced or waits. */
  syncNow(): Promise<void>;
  /** Settles a conflict. */
  resolve(project: ProjectId, keep: 'mine' | 'theirs'): Promise<void>;
}
