// One connection to the database: opening, upgrading, transactions, and what happens when it is taken away. What is
// read and written is the business of the files beside it.
import { type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from 'idb';
import { DeviceError } from '../failure.ts';
import { type ChangeMessage, openChanges } from './changes.ts';
import { openError, reasonOf, storageError } from './errors.ts';
import { DATABASE_VERSION, type TopworkSchema } from './schema.ts';
import type { Change } from './storage.ts';

export type StoreName = StoreNames<TopworkSchema>;
export type Reading = IDBPTransaction<TopworkSchema, StoreName[], 'readonly'>;
export type Writing = IDBPTransaction<TopworkSchema, StoreName[], 'readwrite'>;
/** Collects what a transaction changes; told to everyone once it is committed. */
export type Tell = (what: ChangeMessage['what'], project: ChangeMessage['project']) => void;

export interface Database {
  read<T>(stores: readonly StoreName[], work: (tx: Reading) => Promise<T>): Promise<T>;
  /** What `work` throws undoes everything, and is thrown on. It awaits nothing but the transaction's requests. */
  write<T>(stores: readonly StoreName[], work: (tx: Writing, tell: Tell) => Promise<T>): Promise<T>;
  onChange(listener: (change: Change) => void): () => void;
  close(): void;
}

/** @throws DeviceError `storage_unavailable`; `storage_closed` when another tab holds an older or a newer version */
export async function connect(name: string, version = DATABASE_VERSION): Promise<Database> {
  let closed = false;
  const db = await open(name, version, () => {
    closed = true;
  });
  const changes = openChanges(name);

  async function transact<T, Mode extends 'readonly' | 'readwrite'>(
    stores: readonly StoreName[],
    mode: Mode,
    work: (tx: IDBPTransaction<TopworkSchema, StoreName[], Mode>) => Promise<T>,
  ): Promise<T> {
    if (closed)
      throw new DeviceError('storage_closed', { detail: 'The database was deleted, upgraded or closed.' });
    let tx: IDBPTransaction<TopworkSchema, StoreName[], Mode>;
    try {
      tx = db.transaction([...stores], mode);
    } catch (cause) {
      throw storageError(cause);
    }
    // Awaited in each of the two ways out; a rejection before that is not unhandled.
    const done = tx.done.then(
      () => null,
      (cause: unknown) => ({ cause }),
    );
    let failure: unknown;
    try {
      const result = await work(tx);
      const aborted = await done;
      if (aborted === null) return result;
      failure = aborted.cause;
    } catch (cause) {
      try {
        tx.abort();
      } catch {
        // It has ended already, and says why.
      }
      failure = reasonOf([tx.error, cause, (await done)?.cause]);
      if (!(cause instanceof DOMException)) failure = cause;
    }
    throw storageError(failure);
  }

  return {
    read: (stores, work) => transact(stores, 'readonly', work),
    async write(stores, work) {
      const told: ChangeMessage[] = [];
      const result = await transact(stores, 'readwrite', (tx) =>
        work(tx, (what, project) => told.push({ what, project })),
      );
      changes.tell(told);
      return result;
    },
    onChange: changes.listen,
    close() {
      closed = true;
      changes.close();
      db.close();
    },
  };
}

async function open(name: string, version: number, onGone: () => void): Promise<IDBPDatabase<TopworkSchema>> {
  let refused = false;
  let refuse: (error: DeviceError) => void = () => {};
  const blocked = new Promise<never>((_, fail) => {
    refuse = fail;
  });
  try {
    const opening = openDB<TopworkSchema>(name, version, {
      upgrade,
      // A tab with an older version was asked to let go and did not: it is frozen, perhaps.
      blocked() {
        refused = true;
        refuse(new DeviceError('storage_closed', { detail: 'Another tab holds an older version.' }));
      },
      // Another tab upgrades or deletes: let it.
      blocking(_current, _blocked, event) {
        onGone();
        (event.target as IDBDatabase).close();
      },
      terminated: onGone,
    });
    // Should it open after all, nobody wants it any more.
    opening.then(
      (db) => refused && db.close(),
      () => {},
    );
    return await Promise.race([opening, blocked]);
  } catch (cause) {
    // Browsers that forbid it in private windows have none at all, throw when it is asked for, or fail to open.
    throw openError(cause);
  }
}

/** From any version to a later one; each step adds to the one before. */
function upgrade(db: IDBPDatabase<TopworkSchema>, from: number, to: number | null): void {
  if (from < 1) {
    db.createObjectStore('projects', { keyPath: 'id' });
    db.createObjectStore('examples', { keyPath: 'id' }).createIndex('project', 'project');
    db.createObjectStore('photos', { keyPath: 'id' });
    const features = db.createObjectStore('features', { keyPath: ['space', 'example'] });
    features.createIndex('project', ['space', 'project']);
    features.createIndex('example', 'example');
    db.createObjectStore('heads', { keyPath: ['project', 'slot'] });
    db.createObjectStore('sync', { keyPath: 'project' });
    db.createObjectStore('sent', { keyPath: 'id', autoIncrement: true });
    db.createObjectStore('inbox', { keyPath: 'id', autoIncrement: true });
    db.createObjectStore('chunks', { keyPath: ['file', 'offset'] });
    db.createObjectStore('settings', { keyPath: 'key' });
  }
  if (from < 2 && (to ?? 0) >= 2) db.createObjectStore('trainings', { keyPath: 'project' });
}
