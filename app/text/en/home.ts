// English: home.

export const home = {
  title: 'Your classifiers',
  hero: 'Teach your phone to tell your own things apart',
  lead: 'Name two classes, hold the button to photograph each, and it answers at once. No training button, no account.',
  privacy: 'Photos stay on this device. It works without a network.',
  create: 'New classifier',
  importFile: 'Import',
  importing: 'Importing the file',
  imported: (title: string) => `${title} was imported.`,
  notes: {
    dropped: 'What another model had learnt was left out: it is learnt again from the photos.',
    refused: (n: number) => (n === 1 ? 'One picture could not be read.' : `${n} pictures could not be read.`),
  },
  install: {
    title: 'Keep it at hand',
    prompt: 'Install Topwork, and it opens like any other app, also without a network.',
    ios: 'On an iPhone or iPad: tap Share, then “Add to Home Screen”. It then opens like any other app.',
    action: 'Install',
    dismiss: 'Not now',
  },
  menu: (title: string) => `More for ${title}`,
  open: 'Open',
  rename: 'Rename',
  deleted: (title: string) => `${title} was deleted.`,
  synced: 'Synced',
  accuracy: (percent: string) => `${percent}\u00a0right`,
  links: {
    connect: 'Connect to the server',
    trunk: 'How it works inside',
    docs: 'The HTTP interface',
  },
};
