// German: the camera and its preview.
import type { Text } from '../text.ts';

export const camera: Text['camera'] = {
  preview: 'Was die Kamera sieht',
  start: 'Kamera starten',
  why: 'Der Browser fragt gleich, ob Topwork die Kamera benutzen darf. Die Bilder bleiben auf diesem Gerät.',
  asking: 'Warte auf die Kamera. Wenn der Browser fragt, wähle „Zulassen“.',
  switch: 'Kamera wechseln',
  choose: 'Kamera auswählen',
  unnamed: (n) => `Kamera ${n}`,
  torchOn: 'Licht einschalten',
  torchOff: 'Licht ausschalten',
  failed: {
    denied: {
      title: 'Die Kamera ist nicht erlaubt',
      detail:
        'Erlaube sie in den Website-Einstellungen deines Browsers (das Symbol neben der Adresse) und versuch es noch einmal. Fotos, die du schon hast, gehen auch ohne.',
    },
    missing: {
      title: 'Keine Kamera gefunden',
      detail: 'Schließ eine an oder nimm Fotos, die du schon hast.',
    },
    busy: {
      title: 'Die Kamera ist gerade belegt',
      detail: 'Beende die andere App oder den Anruf und versuch es noch einmal.',
    },
    failed: {
      title: 'Die Kamera ist nicht gestartet',
      detail:
        'Versuch es noch einmal. Klappt es wieder nicht, lade die Seite neu oder nimm Fotos, die du schon hast.',
    },
  },
};
