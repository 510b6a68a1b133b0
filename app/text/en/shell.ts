// English: the frame of every screen.

export const shell = {
  skip: 'Skip to the content',
  home: 'All classifiers',
  settings: 'Settings',
  screens: 'Screens of the classifier',
  rename: 'Rename',
  renameLabel: 'Name of the classifier',
  offlineReady: 'Ready to work offline',
  downloading: (done: string, of: string) => `Getting the model: ${done} of ${of}`,
  starting: 'Starting the model',
  paused: { title: 'The model is not here yet', detail: 'It goes on when there is a connection.' },
  updateReady: 'A new version of Topwork is ready.',
  updateNow: 'Update now',
  later: 'Later',
  /** Of screens whose other words come with them. */
  titles: {
    connect: 'The server',
    lab: 'BatchNorm lab',
    light: 'Adapt to this light',
    trunk: 'How it works inside',
  },
  opening: 'Opening',
  crashed: {
    title: 'This screen has stumbled',
    detail: 'Your photos and classes are safe. Go on with another screen, or try this one again.',
  },
};
