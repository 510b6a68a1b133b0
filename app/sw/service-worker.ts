// The app's own service worker: keeps every file of the app, answers from what is kept, and takes photos that other
// apps share. A new version waits until the person wants it. What is under /api is never touched.
import { clientsClaim } from 'workbox-core';
import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  matchPrecache,
  type PrecacheEntry,
  precacheAndRoute,
} from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { CacheFirst } from 'workbox-strategies';
import { handleSyncEvent } from '../sync/background.ts';
import { ASSET_CACHE, FROM_SERVER, SHARE_PATH, TRUNK_CACHE, type WorkerMessage } from './names.ts';
import { receiveShare } from './receive-share.ts';

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: (PrecacheEntry | string)[] };

const entries = self.__WB_MANIFEST;

precacheAndRoute(entries);
cleanupOutdatedCaches();
// The first visit has no older version that a page could still want.
clientsClaim();

registerRoute(new NavigationRoute(createHandlerBoundToURL('/'), { denylist: [...FROM_SERVER] }));

// Named by their content: what was fetched once is right for ever.
registerRoute(({ url }) => url.pathname.startsWith('/assets/'), new CacheFirst({ cacheName: ASSET_CACHE }));

// The page keeps the trunk (training/trunk-store.ts); here it is only looked up.
registerRoute(
  ({ url }) => url.origin === self.location.origin && url.pathname.startsWith('/models/'),
  async ({ request, url }) => {
    const ranged = request.headers.has('Range');
    const refreshing = request.cache === 'no-cache';
    const kept =
      ranged || refreshing ? undefined : await (await caches.open(TRUNK_CACHE)).match(url.pathname);
    return kept ?? fetch(request);
  },
);

registerRoute(
  ({ url }) => url.pathname === SHARE_PATH,
  ({ request }) => receiveShare(request),
  'POST',
);

self.addEventListener('message', (event) => {
  const message: WorkerMessage | undefined = event.data;
  if (message?.type === 'SKIP_WAITING') void self.skipWaiting();
  if (message?.type === 'IS_COMPLETE') {
    event.waitUntil(isComplete().then((complete) => event.ports[0]?.postMessage(complete)));
  }
});

self.addEventListener('sync', handleSyncEvent);

/** Whether every file of this version is kept: browsers may throw some away. */
async function isComplete(): Promise<boolean> {
  const urls = entries.map((entry) => (typeof entry === 'string' ? entry : entry.url));
  const found = await Promise.all(urls.map((url) => matchPrecache(url)));
  return found.every((response) => response !== undefined);
}
