// German: words that several screens use.
import type { Text } from '../text.ts';

export const common: Text['common'] = {
  appName: 'Topwork',
  back: 'Zurück',
  cancel: 'Abbrechen',
  close: 'Schließen',
  delete: 'Löschen',
  done: 'Fertig',
  save: 'Speichern',
  retry: 'Noch einmal',
  undo: 'Rückgängig',
  copy: 'Kopieren',
  copied: 'Kopiert.',
  more: 'Mehr',
  messages: 'Meldungen',
  tabs: { teach: 'Lehren', check: 'Prüfen', deeper: 'Tiefer', use: 'Nutzen', keep: 'Teilen' },
  photos: (n) => (n === 1 ? '1 Foto' : `${n} Fotos`),
  examples: (n) => (n === 1 ? '1 Beispiel' : `${n} Beispiele`),
  classes: (n) => (n === 1 ? '1 Klasse' : `${n} Klassen`),
  /** Names of what the person has not named yet. */
  classNumber: (n) => `Klasse ${n}`,
  newProject: 'Mein Projekt',
  /** Names as a sentence lists them. */
  list: (names) => new Intl.ListFormat('de').format(names),
};
