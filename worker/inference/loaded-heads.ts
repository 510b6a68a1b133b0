// Heads decoded and kept in memory, by the digest of their bytes. Who may read a head is decided before, each time.
import { decodeHead, type HeadFile } from '../../src/artifact/head-file.ts';
import { AppError } from '../../src/contract/errors.ts';
import type { Digest } from '../../src/contract/ids.ts';
import type { HeadRecord, HeadStore } from '../store/head-store.ts';
import { createLru } from './lru.ts';
import { createShared, type Sharing } from './sharing.ts';

/** Most bytes of heads that an isolate keeps, as floats: what was stored as halves takes twice its file. */
const MAX_LOADED_BYTES = 16 * 1024 * 1024;

export interface LoadedHeads {
  /** The head as a value; concurrent requests share one load. @throws AppError `storage_failed` when its bytes cannot be read now */
  load(record: HeadRecord): Promise<HeadFile>;
}

export function createLoadedHeads(store: Pick<HeadStore, 'read'>, sharing: Sharing = {}): LoadedHeads {
  const loaded = createLru<Digest, HeadFile>({ capacity: MAX_LOADED_BYTES, sizeOf: bytesOf });
  const loading = new Map<Digest, () => Promise<HeadFile>>();

  async function read(record: HeadRecord): Promise<HeadFile> {
    try {
      const content = await store.read(record, record.revision);
      if (content === null)
        throw new AppError('storage_failed', {
          detail: 'The bytes of this head cannot be read now. Try again.',
        });
      const head = decodeHead(content);
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

function bytesOf({ head, overlay }: HeadFile): number {
  const dense = head.layers.flatMap(({ kernel, bias }) => [kernel, bias]);
  const replaced = [...overlay.values()].map(({ data }) => data);
  return [...dense, ...replaced].reduce((sum, { byteLength }) => sum + byteLength, 0);
}
