// English: words that several screens use.

export const common = {
  appName: 'Topwork',
  back: 'Back',
  cancel: 'Cancel',
  close: 'Close',
  delete: 'Delete',
  done: 'Done',
  save: 'Save',
  retry: 'Try again',
  undo: 'Undo',
  copy: 'Copy',
  copied: 'Copied.',
  more: 'More',
  messages: 'Messages',
  tabs: { teach: 'Teach', check: 'Check', deeper: 'Deeper', use: 'Use', keep: 'Share' },
  photos: (n: number) => (n === 1 ? '1 photo' : `${n} photos`),
  examples: (n: number) => (n === 1 ? '1 example' : `${n} examples`),
  classes: (n: number) => (n === 1 ? '1 class' : `${n} classes`),
  /** Names of what the person has not named yet. */
  classNumber: (n: number) => `Class ${n}`,
  newProject: 'My project',
  /** Names as a sentence lists them. */
  list: (names: readonly string[]) => new Intl.ListFormat('en').format(names),
};
