// German: the card of an endpoint.
import type { Text } from '../text.ts';

export const endpoint: Text['endpoint'] = {
  title: 'Aus einem Programm fragen',
  intro:
    'Ein Foto übers Internet schicken, die Klassen zurückbekommen. Führe das in einem Ordner aus, in dem ein photo.jpg liegt.',
  address: 'Adresse',
  language: 'Sprache',
  noKey: 'Programme brauchen einen Schlüssel. Deiner kommt an die Stelle von YOUR_KEY.',
  makeKey: 'Schlüssel erstellen',
  making: 'Wird erstellt …',
  keyName: (title) => `Programm für ${title}`,
  keyOnce:
    'Das ist der Schlüssel. Er wird nur jetzt gezeigt: Kopiere ihn, bevor du weitergehst. Wer ihn hat, darf diesen Kopf fragen und sonst nichts.',
  keyMade: 'Der Schlüssel ist erstellt und steht in den Beispielen.',
  copyKey: 'Schlüssel kopieren',
  copyCode: (language) => `Beispiel für ${language} kopieren`,
  copyFailed: 'Der Browser hat das Kopieren nicht erlaubt. Markiere den Text stattdessen.',
};
