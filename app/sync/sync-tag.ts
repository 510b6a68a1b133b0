// The name under which a page asks for, and the service worker is given, a chance to send.

/** Tag of the Background Sync. */
export const SYNC_TAG = 'topwork-heads';
