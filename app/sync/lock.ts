// One sync at a time on this device, whatever tabs and the service worker are up to.

/** Runs `work` when nobody else syncs; a tab that is closed lets go. */
export function withSyncLock<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks.request('topwork-sync', work);
}
