// English: use.

export const use = {
  title: 'Use',
  empty: {
    title: 'Nothing to ask yet',
    detail:
      'Teach at least two classes with a few photos each. Then this screen tells them apart, with no network.',
    learning: 'Still learning from your photos…',
    teach: 'Teach',
  },
  answer: {
    waiting: 'Looking…',
    paused: 'Paused',
    unsure: 'Not sure',
    unsureMaybe: (label: string) => `Perhaps ${label}`,
    unlike: 'Unlike anything seen',
    unlikeDetail: 'It resembles none of the photos it was taught with.',
    said: (label: string, share: string) => `${label}, ${share}`,
    took: (ms: string) => `Answered in ${ms}`,
    bars: 'How probable each class is',
    others: (n: number, share: string) =>
      n === 1 ? `1 more class: ${share}` : `${n} more classes: ${share}`,
  },
  head: { live: 'Answered by the live head.', kept: 'Answered by the head that you kept.' },
  pause: 'Pause',
  resume: 'Go on',
  heatOn: 'Show where the evidence is',
  heatOff: 'Hide where the evidence is',
  heatNote: 'Yellow: speaks for this answer. Dark: does not.',
  still: 'Take a still',
  choose: 'Choose a photo',
  back: 'Back to the camera',
  dropHere: 'Drop or paste a photo here',
  photo: 'The photo, as the model looks at it',
  photoFailed: 'This photo could not be read. Try a JPEG, PNG or WebP.',
  fullScreen: 'Full screen',
  leaveFullScreen: 'Leave full screen',
  settings: {
    open: 'How answers are shown',
    topK: (n: number) => (n === 1 ? 'Show the most probable class' : `Show the ${n} most probable classes`),
    threshold: (share: string) => `Say “not sure” below ${share}`,
    never: 'Never say “not sure”',
    note: 'Kept with the project.',
  },
  model: {
    downloading: (done: string, of: string) => `Loading the model: ${done} of ${of}`,
    starting: 'Starting the model…',
    failed: 'The model did not start.',
    failedAnswer: 'It could not answer. It tries again.',
  },
};
