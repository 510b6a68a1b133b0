// The app's storage on IndexedDB.
import type { Storage } from './storage.ts';

/** Opens the database, making or upgrading it. @throws DeviceError `storage_unavailable` */
export async function openStorage(): Promise<Storage> {
  throw new Error('to be written');
}
