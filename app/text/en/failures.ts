// English: failures.

export const failures = {
  storage_closed: {
    title: 'Topwork is open in a newer version',
    detail: 'Another tab has updated or cleared the app. Close the other tabs and load this page again.',
  },
  storage_full: {
    title: 'This device is full',
    detail: 'Nothing that was saved is lost. Free some space on the device, then try again.',
  },
  storage_unavailable: {
    title: 'This browser keeps nothing for Topwork',
    detail:
      'Your photos and classes live on this device, but here nothing can be saved. In a private window, or with site data blocked, open Topwork in a normal window or allow site data for it.',
  },
};
