// German: home.
import type { Text } from '../text.ts';

export const home: Text['home'] = {
  title: 'Deine Klassifikatoren',
  hero: 'Bring deinem Handy bei, deine Sachen zu unterscheiden',
  lead: 'Benenne zwei Klassen, halte den Knopf gedrückt, um jede zu fotografieren, und es antwortet sofort. Ohne Trainingsknopf, ohne Konto.',
  privacy: 'Fotos bleiben auf diesem Gerät. Es geht auch ohne Netz.',
  create: 'Neuer Klassifikator',
  importFile: 'Importieren',
  importing: 'Die Datei wird importiert',
  imported: (title) => `${title} wurde importiert.`,
  notes: {
    dropped: 'Was ein anderes Modell gelernt hatte, blieb weg: Es wird aus den Fotos neu gelernt.',
    refused: (n) => (n === 1 ? 'Ein Bild war nicht lesbar.' : `${n} Bilder waren nicht lesbar.`),
  },
  install: {
    title: 'Immer zur Hand',
    prompt: 'Installiere Topwork, dann öffnet es sich wie jede andere App, auch ohne Netz.',
    ios: 'Auf iPhone oder iPad: Tippe auf Teilen und dann auf „Zum Home-Bildschirm“. Dann öffnet es sich wie jede andere App.',
    action: 'Installieren',
    dismiss: 'Jetzt nicht',
  },
  menu: (title) => `Mehr zu ${title}`,
  open: 'Öffnen',
  rename: 'Umbenennen',
  deleted: (title) => `${title} wurde gelöscht.`,
  synced: 'Abgeglichen',
  accuracy: (percent) => `${percent}\u00a0richtig`,
  links: {
    connect: 'Mit dem Server verbinden',
    trunk: 'Wie es innen arbeitet',
    docs: 'Die HTTP-Schnittstelle',
  },
};
