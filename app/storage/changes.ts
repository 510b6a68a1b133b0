// Tells this tab and the others what has changed, over a BroadcastChannel. A service worker may post to it too.
import * as v from 'valibot';
import { DATABASE_NAME, type ProjectId } from './schema.ts';
import type { Change } from './storage.ts';

/** What is posted after a change. */
export type ChangeMessage = Omit<Change, 'elsewhere'>;

const Message = v.object({
  project: v.nullable(v.custom<ProjectId>((value) => typeof value === 'string')),
  what: v.picklist(['project', 'examples', 'head', 'sync', 'settings', 'inbox']),
});

/** Name of the BroadcastChannel of a database's changes. */
export function changesChannel(database = DATABASE_NAME): string {
  return `${database}-changes`;
}

export interface Changes {
  tell(changes: readonly ChangeMessage[]): void;
  listen(listener: (change: Change) => void): () => void;
  close(): void;
}

export function openChanges(database: string): Changes {
  const channel = new BroadcastChannel(changesChannel(database));
  const listeners = new Set<(change: Change) => void>();
  const callAll = (change: Change) => {
    for (const listener of [...listeners]) listener(change);
  };
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    const message = v.safeParse(Message, data);
    // Another version of the app may say what this one does not know.
    if (message.success) callAll({ ...message.output, elsewhere: true });
  };
  let open = true;
  return {
    tell(changes) {
      for (const change of changes) {
        if (open) channel.postMessage(change);
        callAll({ ...change, elsewhere: false });
      }
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      open = false;
      listeners.clear();
      channel.close();
    },
  };
}
