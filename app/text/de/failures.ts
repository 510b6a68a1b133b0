// German: failures.
import type { Text } from '../text.ts';

export const failures: Text['failures'] = {
  storage_closed: {
    title: 'Topwork ist in einer neueren Version offen',
    detail:
      'Ein anderer Tab hat die App aktualisiert oder geleert. Schließe die anderen Tabs und lade diese Seite neu.',
  },
  storage_full: {
    title: 'Dieses Gerät ist voll',
    detail: 'Was gespeichert war, ist noch da. Schaffe etwas Platz auf dem Gerät und versuch es noch einmal.',
  },
  storage_unavailable: {
    title: 'Dieser Browser speichert nichts für Topwork',
    detail:
      'Deine Fotos und Klassen liegen auf diesem Gerät, aber hier lässt sich nichts speichern. In einem privaten Fenster oder wenn Websitedaten gesperrt sind: Öffne Topwork in einem normalen Fenster oder erlaube die Websitedaten.',
  },
};
