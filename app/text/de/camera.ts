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
};
