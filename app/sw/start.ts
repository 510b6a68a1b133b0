// Registers the service worker and watches over it: ready offline, a new version, installing. Nothing here is needed for
// the app to work.
import { effect, signal } from '@preact/signals';
import { messageSW, Workbox } from 'workbox-window';
import type { Storage } from '../storage/storage.ts';
import type { Trainer } from '../training/trainer.ts';
import { keptUrls } from '../training/trunk-store.ts';
import { createInstall } from './install.ts';
import type { WorkerMessage } from './names.ts';
import type { Pwa } from './pwa.ts';

const SCRIPT = '/service-worker.js';
/** So long may the change to a new version take, ms. Requests of this page that do not end hold it up. */
const CHANGE_MS = 5_000;
/** An app that stays open looks for a new version so often, ms. */
const UPDATE_CHECK_MS = 60 * 60 * 1000;

/**
 * Starts it, once the page has loaded.
 * @param deps.enabled false where there is no built service worker, as with the dev server
 */
export function startPwa({
  storage,
  trainer,
  enabled = import.meta.env.PROD,
}: {
  readonly storage: Storage;
  readonly trainer: Trainer;
  readonly enabled?: boolean;
}): Pwa {
  const supported = enabled && 'serviceWorker' in navigator;
  const offline = signal<'preparing' | 'ready' | 'unsupported'>(supported ? 'preparing' : 'unsupported');
  const update = signal(false);
  const workbox = supported ? new Workbox(SCRIPT) : null;

  async function checkOffline(): Promise<void> {
    if (workbox === null || trainer.status.peek().state !== 'ready') return;
    try {
      const message: WorkerMessage = { type: 'IS_COMPLETE' };
      const worker = (await navigator.serviceWorker.ready).active;
      const complete = worker !== null && (await messageSW(worker, message));
      const trunkKept = await isTrunkKept();
      offline.value = complete === true && trunkKept ? 'ready' : 'preparing';
    } catch {
      offline.value = 'unsupported';
    }
  }

  async function isTrunkKept(): Promise<boolean> {
    const status = trainer.status.peek();
    if (status.state !== 'ready') return false;
    const found = await Promise.all(keptUrls(status.manifest).map((url) => caches.match(url)));
    return found.every((response) => response !== undefined);
  }

  async function register(using: Workbox): Promise<void> {
    using.addEventListener('waiting', () => {
      update.value = true;
    });
    using.addEventListener('activated', () => void checkOffline());
    using.addEventListener('controlling', ({ isUpdate }) => {
      // Every tab of the app goes on with the version that now answers.
      if (isUpdate === true) location.reload();
    });
    // A private window may forbid it: then the app works with a network alone.
    const registration = await using.register().catch(() => undefined);
    if (registration === undefined) {
      offline.value = 'unsupported';
      return;
    }
    const look = () => void registration.update().catch(() => {});
    setInterval(look, UPDATE_CHECK_MS);
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') look();
    });
    void checkOffline();
  }

  if (workbox !== null) {
    const begin = () => void register(workbox);
    // Not before the page has what it needs itself.
    if (document.readyState === 'complete') begin();
    else addEventListener('load', begin, { once: true });
    effect(() => {
      if (trainer.status.value.state === 'ready') void checkOffline();
    });
  }

  return {
    offline,
    checkOffline,
    update,
    async applyUpdate() {
      workbox?.messageSkipWaiting();
      // A page that leaves ends its requests; the new version then has nothing to wait for.
      setTimeout(() => location.reload(), CHANGE_MS);
    },
    ...createInstall(storage),
  };
}
