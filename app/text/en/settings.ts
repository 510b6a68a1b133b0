// English: settings.

export const settings = {
  title: 'Settings',
  language: 'Language',
  theme: 'Appearance',
  themes: { system: 'As the device', light: 'Light', dark: 'Dark' },
  storage: {
    title: 'Storage on this device',
    used: (used: string, quota: string) => `${used} used of ${quota} that this browser gives.`,
    unknown: 'This browser does not say how much space there is.',
    persisted: 'This browser has promised to keep everything until you delete it.',
    notPersisted: 'This browser may delete what is stored when space runs out.',
    ask: 'Ask it to keep everything',
    refused: 'The browser did not agree. Installing the app often helps.',
    projects: (n: number, bytes: string) =>
      n === 1 ? `1 classifier, ${bytes}` : `${n} classifiers, ${bytes}`,
    deleteAll: 'Delete everything',
    deleteTitle: 'Delete everything on this device?',
    deleteDetail:
      'Every classifier with all its photos is deleted, and the connection to the server. This cannot be taken back. Heads at the server stay.',
    deleted: 'Everything was deleted.',
  },
  model: {
    title: 'The model',
    none: 'Not loaded yet.',
    ready: (name: string, backend: string) => `${name}, running on ${backend}.`,
    backends: { wasm: 'WebAssembly', 'wasm-threads': 'WebAssembly with threads', webgl: 'the graphics chip' },
    details: 'How it works inside',
  },
  app: {
    title: 'The app',
    version: (version: string) => `Version ${version}`,
    offlineReady: 'Everything is kept on this device: it works without a network.',
    offlinePreparing: 'Not everything is kept on this device yet.',
    offlineUnsupported: 'This browser keeps nothing for use without a network.',
    install: 'Install',
    installed: 'It is installed.',
    iosInstall: 'To install it, tap Share, then “Add to Home Screen”.',
    licences: 'MIT licence. The model is the MobileNetV2 of the npm package nsfwjs (MIT).',
    server: 'Connect to the server',
    docs: 'The HTTP interface, for programs',
  },
};
