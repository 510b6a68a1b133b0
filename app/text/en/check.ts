// English: check.

const photos = (n: number) => (n === 1 ? '1 photo' : `${n} photos`);

export const check = {
  title: 'How well does it do?',
  empty: {
    title: 'Nothing to check yet',
    words:
      'Show it photos of at least two classes. As soon as it has learnt something, you see here how well.',
    waiting: 'The figures come as soon as it has looked at your photos.',
    teach: 'Teach it',
  },
  learning: (n: number) => `Looking at ${photos(n)}…`,
  fitting: 'Learning from the change…',
  failed: 'It could not learn from these photos. What you see is from before, if there is anything.',
  headline: {
    right: 'of the photos it had not seen were recognised.',
    interval: (n: number, low: string, high: string) =>
      `Measured on ${photos(n)}. Of new photos like these, expect ${low} to ${high}.`,
    burst:
      'Each photo was judged without it, and without all others of its burst: those are nearly the same photo.',
    example: 'Each photo was judged by what was learnt from the others alone.',
    split: 'The photos that judge, whole bursts of them, were not used to learn.',
    none: 'Nothing could be measured: every class needs at least two photos, so that one can be held back.',
    outlook: (more: number, low: string, high: string) =>
      `With ${more} more photos of each class: probably ${low} to ${high}.`,
    oneBurst: (names: string, several: boolean) =>
      `${names} ${several ? 'have' : 'has'} photos of one burst only. They are nearly copies of each other, so these figures are too good to be true. Shoot a second burst from another side, in other light or of another piece.`,
  },
  kept: {
    title: 'Another head answers',
    words: 'The figures on this page are those of the live head, which follows your photos.',
    accuracy: (share: string, n: number) =>
      `The head that answers got ${share} of ${photos(n)} right when it was made.`,
    unknown: 'How well the head that answers does was not measured.',
    see: 'See the head that answers',
  },
  classes: {
    title: 'Class by class',
    hint: 'How many photos of a class were recognised; the thin line is where the true share probably lies.',
    of: (right: number, n: number) => `${right} of ${n}`,
    range: (low: string, high: string) => `Probably ${low} to ${high}.`,
    noPhotos: 'No photos yet',
    notMeasured: 'Too few photos to say',
    confused: (name: string) => `Often taken for ${name}.`,
    few: 'More photos would help.',
    oneBurst: 'One burst only: shoot another.',
    weak: 'Often not recognised: show it more of the kinds there are.',
  },
  matrix: {
    title: 'What was called what',
    hint: 'A row is what photos are, a column what they were called. Open a number to see the photos behind it.',
    is: 'is',
    called: 'called',
    right: (n: number, name: string) => `${photos(n)} of ${name}, recognised`,
    wrong: (n: number, name: string, called: string) => `${photos(n)} of ${name}, called ${called}`,
  },
  photos: {
    alt: (name: string) => `Photo of ${name}`,
    recognised: (share: string) => `Recognised, ${share} sure`,
    called: (name: string, share: string) => `Called ${name}, ${share} sure`,
    move: 'Move…',
    moveTitle: 'Move this photo to',
    moveTo: (name: string) => `Move to ${name}`,
    delete: 'Delete this photo',
    moved: (name: string) => `Moved to ${name}.`,
    deleted: 'Photo deleted.',
    failed: 'That did not work. Nothing was changed.',
    gone: 'This photo is gone.',
    none: 'No photos are left here.',
    more: (n: number) => `Show ${n} more`,
  },
  suspects: {
    title: 'Perhaps in the wrong class',
    hint: 'Your other photos speak against these labels.',
    none: 'No photo looks as if it were in the wrong class.',
    keep: 'It is right',
    kept: 'You will not be asked about this photo for now.',
  },
  doubtful: {
    title: 'Least sure of',
    hint: 'Photos between two classes. More like these teach it most.',
  },
};
