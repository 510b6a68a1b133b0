// Asks the browser to wake the service worker when there is a network, where it can do that.

interface SyncManager {
  register(tag: string): Promise<void>;
}

/** @param tag see sync-tag.ts */
export async function askForBackgroundSync(tag: string): Promise<void> {
  try {
    const registration = await navigator.serviceWorker?.getRegistration();
    const manager: unknown = registration && Reflect.get(registration, 'sync');
    if (isSyncManager(manager)) await manager.register(tag);
  } catch {
    // Not allowed, or no service worker: it is sent when the app is open.
  }
}

function isSyncManager(value: unknown): value is SyncManager {
  return typeof value === 'object' && value !== null && 'register' in value;
}
