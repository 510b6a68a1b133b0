// Names that the page and its service worker share. No I/O here.

/** Cache Storage of the trunks; the page fills it, and nothing of the service worker deletes it. */
export const TRUNK_CACHE = 'topwork-trunk-v1';
/** Files with a hash in their names that were not kept at once, such as another engine's. */
export const ASSET_CACHE = 'topwork-assets-v1';
/** Where other apps share photos to: `share_target` of the manifest. */
export const SHARE_PATH = '/share';

/** Paths that are the server's: a navigation to them is not answered with the app. */
export const FROM_SERVER: readonly RegExp[] = [
  /^\/api(\/|$)/,
  /^\/v[12](\/|$)/,
  /^\/models\//,
  /^\/docs/,
  /^\/openapi\.json$/,
];

/** What the page says to its service worker. */
export type WorkerMessage =
  /** Become the active version. */
  | { readonly type: 'SKIP_WAITING' }
  /** Answered over the port: is every file of the version kept? */
  | { readonly type: 'IS_COMPLETE' };
