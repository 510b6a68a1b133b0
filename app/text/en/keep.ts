// English: keep and share.

export const keep = {
  title: 'Keep and share',
  file: {
    title: 'The whole project',
    intro:
      'One file with everything: photos, classes and what was learnt. Keep it as a backup, or open it in Topwork on another device.',
    private: 'Your photos are in it. Give it only to people who may see them.',
    parts: (photos: string, numbers: string, heads: string) =>
      `Photos ${photos}, what the model sees in them ${numbers}, what was learnt ${heads}.`,
    size: (size: string) => `About ${size}`,
    save: 'Save file',
    share: 'Share file',
    shareReady: 'The file is ready. Share it now.',
    progress: (done: number, of: number) => `Packing photo ${done} of ${of}`,
    stopped: 'Stopped. Nothing was saved.',
    saved: (name: string) => `Saved as ${name}.`,
    shared: 'Shared.',
    failed: 'The file could not be made.',
    empty: 'There are no photos yet.',
  },
  head: {
    title: 'Only what was learnt',
    intro:
      'The head: the small part that knows your classes, for programs and for other people. No photos are in it, only numbers and the names of your classes.',
    which: { live: 'The one that learns along.', kept: 'The one you trained and kept.' },
    save: 'Save head',
    none: 'There is none yet. Teach at least two classes first.',
    classes: (n: number) => (n === 1 ? '1 class' : `${n} classes`),
  },
  elsewhere: {
    title: 'On another device',
    intro: 'Open Topwork there, and choose the project file.',
    show: 'Show the address as a QR code',
    code: (address: string) => `QR code of ${address}`,
    scan: 'Point the camera of the other device at it.',
  },
  server: {
    title: 'On the server',
    intro:
      'Keep the head on the server, so that your other devices and programs can use it. Photos never leave this device.',
    notConnected:
      'This device is not connected to the server. That is only needed for the endpoint and for several devices.',
    connect: 'Connect',
    refused:
      'The server no longer knows this device, perhaps because it was removed from another one. Nothing is lost: your heads stay here. Connect again to go on.',
    connectAgain: 'Connect again',
    switch: 'Keep the head of this project on the server',
    noHead:
      'There is nothing to send yet. Teach at least two classes first; it is sent as soon as there is a head.',
    status: {
      synced: (when: string) => `Up to date, ${when}`,
      syncing: 'Syncing…',
      pending: 'Changed here, not sent yet',
      offline: 'Waiting for the server. It is sent by itself, and is safe here until then.',
      conflict: 'Changed in two places',
    },
    now: 'Sync now',
    sent: (size: string) => `${size} of this project were sent so far.`,
    sentNothing: 'Nothing of this project was sent so far.',
    off: {
      title: 'No longer keep it on the server?',
      intro: 'The head stays on this device in any case.',
      here: 'Stop syncing, leave it there',
      there: 'Delete it there too',
      thereNote: 'Programs that ask this endpoint, and your other devices, lose it.',
    },
    conflict: {
      title: 'Which one should stay?',
      both: 'This head was changed here and on another device since they last agreed.',
      gone: 'The server no longer has this head, and here it was not deleted.',
      mine: 'Keep mine',
      mineMeans:
        'Sends the head of this device. The other version is replaced on the server, but stays in its history.',
      mineGoneMeans: 'Sends the head of this device to the server again.',
      theirs: 'Take theirs',
      theirsMeans:
        'Takes the server’s version as the head that answers here. Your photos stay, and so does the head that learns along.',
      theirsGone: 'Do without the server',
      theirsGoneMeans: 'Stops syncing. The head stays on this device.',
      settled: 'Settled.',
    },
    failed: 'That did not work.',
  },
  project: {
    title: 'This project',
    used: (size: string, photos: string) => `${size} on this device, ${photos}.`,
    duplicate: 'Duplicate',
    copyOf: (title: string) => `${title} (copy)`,
    duplicated: (title: string) => `“${title}” is made.`,
    open: 'Open',
    delete: 'Delete project',
    deleted: (title: string) => `“${title}” is deleted.`,
    restored: (title: string) => `“${title}” is back.`,
    failed: 'That did not work. Nothing was changed.',
  },
};
