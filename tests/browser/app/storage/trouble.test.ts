// What the browser does to storage, done by the browser itself where that can be.
import { deleteDB, openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../../../app/storage/connection.ts';
import { openStorage } from '../../../../app/storage/database.ts';
import { openError, reasonOf, storageError } from '../../../../app/storage/errors.ts';
import type { ExampleRecord } from '../../../../app/storage/schema.ts';
import { anExample, aProject } from '../../support/records.ts';

let name: string;

beforeEach(() => {
  name = `test-${crypto.randomUUID()}`;
});

afterEach(async () => {
  vi.unstubAllGlobals();
  await deleteDB(name);
});

/** A part of storage with a quota of its own. @see https://wicg.github.io/storage-buckets/ */
interface StorageBuckets {
  open(name: string, options: { readonly quota: number }): Promise<{ readonly indexedDB: IDBFactory }>;
  delete(name: string): Promise<void>;
}

describe('a full disk', () => {
  it('is said as storage_full, leaves nothing half, and keeps what is there', async () => {
    const { storageBuckets } = navigator as Navigator & { readonly storageBuckets: StorageBuckets };
    const bucket = await storageBuckets.open('small', { quota: 500_000 });
    vi.stubGlobal('indexedDB', bucket.indexedDB);
    const storage = await openStorage({ name });
    const project = aProject();
    await storage.putProject(project);
    const kept: ExampleRecord[] = [];
    const fill = async () => {
      for (;;) {
        const example = anExample(project, { addedAt: kept.length });
        const data = crypto.getRandomValues(new Uint8Array(65_536)).buffer;
        await storage.addExample(example, { id: example.id, type: 'image/webp', data });
        kept.push(example);
      }
    };
    await expect(fill()).rejects.toMatchObject({
      code: 'storage_full',
      cause: { name: 'QuotaExceededError' },
    });
    expect(kept.length).toBeGreaterThan(0);
    const whole = await storage.wholeProject(project.id);
    expect(whole?.examples).toEqual(kept);
    expect(whole?.photos).toHaveLength(kept.length);
    storage.close();
    await storageBuckets.delete('small');
  });
});

describe('a tab with an older version', () => {
  it('that does not let go is said as storage_closed, and is not held up once it does', async () => {
    const older = await openDB(name, 1);
    await expect(connect(name, 2)).rejects.toMatchObject({ code: 'storage_closed' });
    older.close();
    // Had the connection that nobody wanted stayed open, this would wait for ever.
    await deleteDB(name);
  });

  it('lets go of its own, and says storage_closed from then on', async () => {
    const older = await connect(name, 1);
    const newer = await connect(name, 2);
    await expect(older.read(['settings'], async () => {})).rejects.toMatchObject({ code: 'storage_closed' });
    newer.close();
  });
});

describe('a private window', () => {
  it('without IndexedDB is said as storage_unavailable', async () => {
    vi.stubGlobal('indexedDB', undefined);
    await expect(openStorage({ name })).rejects.toMatchObject({ code: 'storage_unavailable' });
  });

  it.each(['InvalidStateError', 'SecurityError', 'UnknownError'])(
    'that refuses to open with %s is said as storage_unavailable',
    async (error) => {
      vi.stubGlobal('indexedDB', {
        open() {
          throw new DOMException('A mutation operation was attempted.', error);
        },
      });
      await expect(openStorage({ name })).rejects.toMatchObject({ code: 'storage_unavailable' });
    },
  );
});

describe('the errors of IndexedDB', () => {
  it.each([
    ['QuotaExceededError', 'storage_full'],
    ['InvalidStateError', 'storage_closed'],
    ['AbortError', 'storage_closed'],
    ['UnknownError', 'storage_unavailable'],
    ['DataError', 'storage_unavailable'],
  ])('%s means %s', (error, code) => {
    const cause = new DOMException('words of the browser', error);
    expect(storageError(cause)).toMatchObject({ code, cause });
  });

  it('that are none stay as they are', () => {
    const cause = new RangeError('mine');
    expect(storageError(cause)).toBe(cause);
  });

  it('of a full disk while opening stay storage_full', () => {
    expect(openError(new DOMException('', 'QuotaExceededError'))).toMatchObject({ code: 'storage_full' });
    expect(openError(new DOMException('', 'VersionError'))).toMatchObject({ code: 'storage_closed' });
  });

  it('that say why outweigh those that follow from them', () => {
    const [aborted, full] = [new DOMException('', 'AbortError'), new DOMException('', 'QuotaExceededError')];
    expect(reasonOf([null, aborted, full])).toBe(full);
    expect(reasonOf([null, undefined, aborted])).toBe(aborted);
  });
});
