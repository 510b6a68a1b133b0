// The app's storage on IndexedDB: one connection, and the methods by subject in the files beside this one.
import { connect, type StoreName } from './connection.ts';
import { exampleStorage } from './examples.ts';
import { headStorage } from './heads.ts';
import { paperStorage } from './papers.ts';
import { projectStorage } from './projects.ts';
import { DATABASE_NAME } from './schema.ts';
import { settingStorage } from './settings.ts';
import type { Storage } from './storage.ts';
import { trainingStorage } from './trainings.ts';

const STORES: readonly StoreName[] = [
  'projects',
  'examples',
  'photos',
  'features',
  'heads',
  'sync',
  'trainings',
  'sent',
  'inbox',
  'chunks',
  'settings',
];

/**
 * Opens the database, making or upgrading it.
 * @param options.name another database, for tests
 * @throws DeviceError `storage_unavailable`; `storage_closed` when a tab with an older version does not let go of it,
 * or when a newer version of the app has upgraded it; `storage_full`
 */
export async function openStorage({
  name = DATABASE_NAME,
}: {
  readonly name?: string;
} = {}): Promise<Storage> {
  const database = await connect(name);
  return {
    ...projectStorage(database),
    ...exampleStorage(database),
    ...headStorage(database),
    ...settingStorage(database),
    ...trainingStorage(database),
    ...paperStorage(database),
    onChange: database.onChange,
    // Cleared and not deleted, in one transaction: other tabs go on with an empty database.
    deleteEverything: () =>
      database.write(STORES, async (tx, tell) => {
        await Promise.all(STORES.map((store) => tx.objectStore(store).clear()));
        for (const what of ['project', 'sync', 'settings', 'inbox'] as const) tell(what, null);
      }),
    close: database.close,
  };
}
