// German: settings.
import type { Text } from '../text.ts';

export const settings: Text['settings'] = {
  title: 'Einstellungen',
  language: 'Sprache',
  theme: 'Aussehen',
  themes: { system: 'Wie das Gerät', light: 'Hell', dark: 'Dunkel' },
  storage: {
    title: 'Speicher auf diesem Gerät',
    used: (used, quota) => `${used} belegt von ${quota}, die dieser Browser gibt.`,
    unknown: 'Dieser Browser sagt nicht, wie viel Platz da ist.',
    persisted: 'Dieser Browser hat versprochen, alles zu behalten, bis du es löschst.',
    notPersisted: 'Dieser Browser darf Gespeichertes löschen, wenn der Platz knapp wird.',
    ask: 'Um Behalten bitten',
    refused: 'Der Browser war nicht einverstanden. Die App zu installieren hilft oft.',
    projects: (n, bytes) => (n === 1 ? `1 Klassifikator, ${bytes}` : `${n} Klassifikatoren, ${bytes}`),
    deleteAll: 'Alles löschen',
    deleteTitle: 'Alles auf diesem Gerät löschen?',
    deleteDetail:
      'Jeder Klassifikator mit allen Fotos wird gelöscht, und die Verbindung zum Server. Das lässt sich nicht rückgängig machen. Köpfe beim Server bleiben.',
    deleted: 'Alles wurde gelöscht.',
  },
  model: {
    title: 'Das Modell',
    none: 'Noch nicht geladen.',
    ready: (name, backend) => `${name}, läuft auf ${backend}.`,
    backends: { wasm: 'WebAssembly', 'wasm-threads': 'WebAssembly mit Threads', webgl: 'dem Grafikchip' },
    details: 'Wie es innen arbeitet',
  },
  app: {
    title: 'Die App',
    version: (version) => `Version ${version}`,
    offlineReady: 'Alles liegt auf diesem Gerät: Es geht ohne Netz.',
    offlinePreparing: 'Noch liegt nicht alles auf diesem Gerät.',
    offlineUnsupported: 'Dieser Browser behält nichts für die Zeit ohne Netz.',
    install: 'Installieren',
    installed: 'Sie ist installiert.',
    iosInstall: 'Zum Installieren tippe auf Teilen und dann auf „Zum Home-Bildschirm“.',
    licences: 'MIT-Lizenz. Das Modell ist das MobileNetV2 des npm-Pakets nsfwjs (MIT).',
    server: 'Mit dem Server verbinden',
    docs: 'Die HTTP-Schnittstelle, für Programme',
  },
};
