// Heads decoded and kept in memory, by the digest of their bytes. Who may read a head is decided before, each time.
import { decodeHead } from '../../src/artifact/head-file.ts';
import { AppError } from '../../src/contract/errors.ts';
import type { HeadMetadata } from '../../src/contract/head.ts';
import type { Digest } from '../../src/contract/ids.ts';
import type { Head } from '../../src/head/head.ts';
import type { HeadRecord, HeadStore } from '../store/head-store.ts';
import { createLru } from './lru.ts';
import { createShared, type Sharing } from './sharing.ts';

/** Most bytes of heads that an isolate keeps decoded; as files, which decoded take at most twice as much. */
const MAX_LOADED_BYTES = 8 * 1024 * 1024;

export interface LoadedHead {
  readonly head: Head;
  readonly metadata: HeadMetadata;
}

export interface LoadedHeads {
  /** The head as a value; concurrent requests share one load. @throws AppError `storage_failed` when its bytes cannot be read now */
  load(record: HeadRecord): Promise<LoadedHead>;
}

export function createLoadedHeads(store: Pick<HeadStore, 'read'>, sharing: Sharing = {}): LoadedHeads {
  const loaded = createLru<Digest, LoadedHead & { readonly bytes: number }>({
    capacity: MAX_LOADED_BYTES,
    sizeOf: ({ bytes }) => bytes,
  });
  const loading = new Map<Digest, () => Promise<LoadedHead>>();

  async function read(record: HeadRecord): Promise<LoadedHead> {
    try {
      const content = await store.read(record, record.revision);
      if (content === null)
        throw new AppError('storage_failed', {
          detail: 'The bytes of this head cannot be read now. Try again.',
        });
      const head = { ...decodeHead(content), bytes: content.length };
      loaded.set(record.revision, head);
      return head;
    } finally {
      loading.delete(record.revision);
    }
  }

  return {
    async load(record) {
      const known = loaded.get(record.revision);
      if (known !== undefined) return known;
      const load = loading.get(record.revision) ?? createShared(() => read(record), sharing);
      loading.set(record.revision, load);
      return load();
    },
  };
}
