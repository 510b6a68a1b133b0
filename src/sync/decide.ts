// Decides what one device does about one head, from what it knows of both sides. Pure: no network, no storage, no
// clock. A revision is named by the digest of its bytes; `null` means that there is no head.
import type { Digest } from '../contract/ids.ts';

/** What a device keeps of one head; stored in one transaction with the head's bytes. */
export interface DeviceState {
  /** The revision that device and server last had in common. */
  readonly base: Digest | null;
  /** The revision on the device, or null: never had one, or deleted here. It has changed when it differs from `base`. */
  readonly local: Digest | null;
  /** A revision put on the wire whose answer was not heard: if the server turns out to have it, it is ours. */
  readonly sent: Digest | null;
}

/** What is known of the server's side: its revision, that it answers "no such head", or nothing (offline). */
export type RemoteState =
  | { readonly known: false }
  | { readonly known: true; readonly revision: Digest | null };

/** What to do; `revision` null stands for deleting. Public so that an app can say why. */
export type Decision =
  | { readonly action: 'none'; readonly reason: 'same'; readonly revision: Digest | null }
  | { readonly action: 'wait'; readonly reason: 'offline' }
  | {
      readonly action: 'push';
      readonly reason: 'new-here' | 'changed-here' | 'deleted-here' | 'changed-here-deleted-there';
      readonly revision: Digest | null;
      /** `If-Match` with this revision, or with null `If-None-Match: *`; never unconditional. */
      readonly ifMatch: Digest | null;
    }
  | {
      readonly action: 'pull';
      readonly reason: 'new-there' | 'changed-there' | 'deleted-here-changed-there';
      readonly revision: Digest;
      /** What the device had when it was decided: `acceptPull` looks whether it still has. */
      readonly replaces: Digest | null;
    }
  | {
      /** For the person to settle: the device's is kept by `agree`, the server's is taken by `acceptPull`. */
      readonly action: 'conflict';
      readonly reason: 'changed-on-both' | 'gone-there';
      readonly local: Digest | null;
      readonly remote: Digest | null;
    };

/**
 * Decides. Nothing that exists on one side only is ever overwritten: a change outweighs a deletion, two changes are a
 * conflict, and a head that the server no longer has stays until the person agrees, because "no such head" is also
 * what a server says that was reset, or that takes the device for someone else's.
 *
 * The caller runs one sync of a head at a time; the person may change or delete the head at any moment between.
 */
export function decide({ base, local, sent }: DeviceState, remote: RemoteState): Decision {
  if (!remote.known) return { action: 'wait', reason: 'offline' };
  const there = remote.revision;
  if (there === local) return { action: 'none', reason: 'same', revision: there };
  if (there !== null && (there === base || there === sent)) {
    const reason = local === null ? 'deleted-here' : 'changed-here';
    return { action: 'push', reason, revision: local, ifMatch: there };
  }
  if (there !== null && local === null) {
    const reason = base === null ? 'new-there' : 'deleted-here-changed-there';
    return { action: 'pull', reason, revision: there, replaces: local };
  }
  if (there !== null && local === base)
    return { action: 'pull', reason: 'changed-there', revision: there, replaces: local };
  if (there === null && local !== base) {
    const reason = base === null ? 'new-here' : 'changed-here-deleted-there';
    return { action: 'push', reason, revision: local, ifMatch: null };
  }
  const reason = there === null ? 'gone-there' : 'changed-on-both';
  return { action: 'conflict', reason, local, remote: there };
}

/** The state to store before a push leaves the device: its answer may never be heard. */
export function startPush(state: DeviceState, push: Extract<Decision, { action: 'push' }>): DeviceState {
  return { ...state, base: push.ifMatch, sent: push.revision };
}

/**
 * The state once device and server agree on a revision: a push was answered with success, or the decision was `none`,
 * or the person settled a conflict by keeping their own (with the conflict's `remote`; the next decision pushes).
 * A change made meanwhile stays, and is seen as one.
 */
export function agree(state: DeviceState, revision: Digest | null): DeviceState {
  return { ...state, base: revision, sent: null };
}

/**
 * The state once a revision was fetched, to be stored with its bytes; also when the person settled a conflict by
 * taking the server's side (`replaces` is then the conflict's `local`).
 * @returns null when the head was changed meanwhile: store nothing and decide again
 */
export function acceptPull(
  state: DeviceState,
  pull: { readonly revision: Digest | null; readonly replaces: Digest | null },
): DeviceState | null {
  if (state.local !== pull.replaces) return null;
  return { base: pull.revision, local: pull.revision, sent: null };
}
