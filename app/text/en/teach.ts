// English: teach.

export const teach = {
  title: 'Teach',
  live: {
    unlike: 'Unlike anything seen',
    unsure: (name: string) => `Perhaps ${name}`,
    percent: (n: number) => `${n}\u00a0%`,
  },
  model: {
    awaited: 'You can take photos already. Answers come when the model is here.',
    failed: 'Without the model there are no answers. Photos are kept all the same.',
    learning: (n: number) => (n === 1 ? 'Learning from 1 photo…' : `Learning from ${n} photos…`),
    learningFailed: 'It could not learn from the photos.',
    kept: 'A head that you trained and kept answers here. It does not learn from new photos.',
    useLive: 'Let the photos answer',
    nowLive: 'The head that learns along answers again.',
  },
  guide: {
    first: (name: string) => `Point at the first thing, “${name}”, and hold the button.`,
    firstFiles: (name: string) => `Show it the first thing: photos go into “${name}”.`,
    second: (name: string) => `Now the second: “${name}”.`,
    next: (name: string) => `“${name}” has no photos yet.`,
    choose: (name: string) => `Go to ${name}`,
    few: (name: string, n: number) =>
      `“${name}” has ${n === 1 ? '1 photo' : `${n} photos`}. Ten or more work much better.`,
    oneBurst: (name: string) =>
      `“${name}” was shot in one go. Turn it, move, change the background, and hold again.`,
    confused: (name: string, other: string) =>
      `“${name}” is often taken for “${other}”. Show how they differ: both, from more sides.`,
    weak: (name: string) => `“${name}” is often not recognised. More varied photos of it would help most.`,
    now: (percent: number) => `It recognises ${percent}\u00a0% of photos that it has not learned from.`,
    outlook: (more: number, low: number, high: number) =>
      low === high
        ? `${more} more of each would probably make that about ${low}\u00a0%.`
        : `${more} more of each would probably make that ${low} to ${high}\u00a0%.`,
  },
  shutter: {
    label: (name: string) => `Take photos of ${name}`,
    help: 'Press for one photo, hold for many.',
    off: 'The camera is off',
    into: 'Photos go into',
    saved: (n: number) => (n === 1 ? '1 saved' : `${n} saved`),
    saving: (n: number) => `saving ${n}…`,
    savedIn: (n: number, name: string) =>
      n === 1 ? `1 photo saved in ${name}.` : `${n} photos saved in ${name}.`,
  },
  files: {
    add: 'Add photos from files',
    short: 'Files',
    progress: (done: number, of: number, name: string) => `Adding ${done} of ${of} to “${name}”`,
    waiting: (n: number) => (n === 1 ? '1 more file waits' : `${n} more files wait`),
    added: (n: number, name: string) =>
      n === 1 ? `1 photo added to “${name}”.` : `${n} photos added to “${name}”.`,
    stopped: (n: number, name: string) =>
      n === 1 ? `Stopped. 1 photo was added to “${name}”.` : `Stopped. ${n} photos were added to “${name}”.`,
    refused: (n: number) => (n === 1 ? '1 file was not added' : `${n} files were not added`),
    refusedIntro: 'The others are in. These could not be:',
  },
  classes: {
    title: 'Classes',
    add: 'Add class',
    menu: (name: string) => `Change ${name}`,
    rename: 'Rename',
    name: 'Name of the class',
    colour: 'Colour',
    colourName: [
      'Green',
      'Orange',
      'Blue',
      'Magenta',
      'Yellow',
      'Turquoise',
      'Purple',
      'Red',
      'Lime',
      'Grey',
    ],
    earlier: 'Move up',
    later: 'Move down',
    mergeInto: 'Put its photos into',
    mergeDo: 'Merge',
    merged: (from: string, into: string) => `“${from}” is now part of “${into}”.`,
    remove: 'Delete class',
    removed: (name: string, n: number) =>
      n === 0 ? `“${name}” deleted.` : `“${name}” deleted, with ${n === 1 ? '1 photo' : `${n} photos`}.`,
    none: 'Add a class for each thing that you want to tell apart.',
  },
  photos: {
    title: (name: string, n: number) => `${name}: ${n === 1 ? '1 photo' : `${n} photos`}`,
    empty: 'No photos yet',
    all: (n: number) => `All ${n}`,
    allLabel: (n: number, name: string) => `Show all ${n} photos of ${name}`,
    one: (i: number, n: number, name: string) => `Photo ${i} of ${n} of ${name}`,
    select: 'Select',
    selectAll: 'Select all',
    selected: (n: number) => (n === 1 ? '1 selected' : `${n} selected`),
    moveTo: 'Move to',
    move: 'Move',
    removed: (n: number) => (n === 1 ? '1 photo deleted.' : `${n} photos deleted.`),
    moved: (n: number, name: string) =>
      n === 1 ? `1 photo moved to “${name}”.` : `${n} photos moved to “${name}”.`,
    previous: 'Newer photo',
    next: 'Older photo',
    backToAll: 'All photos',
    gone: 'This photo is gone.',
  },
};
