// German: the frame of every screen.
import type { Text } from '../text.ts';

export const shell: Text['shell'] = {
  skip: 'Zum Inhalt springen',
  home: 'Alle Klassifikatoren',
  settings: 'Einstellungen',
  screens: 'Ansichten des Klassifikators',
  rename: 'Umbenennen',
  renameLabel: 'Name des Klassifikators',
  offlineReady: 'Bereit, ohne Netz zu arbeiten',
  downloading: (done, of) => `Das Modell wird geladen: ${done} von ${of}`,
  starting: 'Das Modell startet',
  paused: {
    title: 'Das Modell ist noch nicht da',
    detail: 'Es geht weiter, sobald es eine Verbindung gibt.',
  },
  updateReady: 'Eine neue Version von Topwork ist bereit.',
  updateNow: 'Jetzt aktualisieren',
  later: 'Später',
  titles: {
    connect: 'Der Server',
    lab: 'BatchNorm-Labor',
    light: 'An dieses Licht anpassen',
    trunk: 'Wie es innen arbeitet',
  },
  opening: 'Wird geöffnet',
  crashed: {
    title: 'Diese Ansicht ist gestolpert',
    detail:
      'Deine Fotos und Klassen sind sicher. Mach mit einer anderen Ansicht weiter oder versuche es noch einmal.',
  },
};
