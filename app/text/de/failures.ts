// German: what went wrong, and what to do.
import type { Text } from '../text.ts';

export const failures: Text['failures'] = {
  aborted: { title: 'Abgebrochen', detail: 'Es wurde nichts geändert.' },
  answer_invalid: {
    title: 'Die Antwort ist unverständlich',
    detail: 'Die App ist vielleicht älter als der Server. Lade sie neu und versuche es noch einmal.',
  },
  artifact_invalid: {
    title: 'Die Datei ist beschädigt',
    detail: 'Exportiere sie dort noch einmal, wo sie herkommt.',
  },
  camera_busy: {
    title: 'Die Kamera ist belegt',
    detail:
      'Eine andere App oder ein anderer Tab benutzt sie. Schließe sie dort und starte die Kamera noch einmal.',
  },
  camera_denied: {
    title: 'Die Kamera ist nicht erlaubt',
    detail:
      'Erlaube sie für diese Seite in den Einstellungen des Browsers. Fotos aus Dateien gehen auch ohne sie.',
  },
  camera_failed: {
    title: 'Die Kamera liefert kein Bild',
    detail: 'Starte sie noch einmal oder wähle Fotos aus Dateien.',
  },
  camera_missing: { title: 'Es gibt keine Kamera', detail: 'Wähle stattdessen Fotos aus Dateien.' },
  class_missing: {
    title: 'Diese Klasse gibt es nicht mehr',
    detail: 'Sie wurde gelöscht, vielleicht in einem anderen Tab.',
  },
  class_name_invalid: { title: 'Eine Klasse braucht einen Namen', detail: 'Gib ihr 1 bis 100 Zeichen.' },
  class_name_taken: {
    title: 'So heißt schon eine Klasse',
    detail: 'Wähle einen anderen Namen oder lege die beiden zusammen.',
  },
  digest_mismatch: {
    title: 'Was bleiben sollte, hat sich geändert',
    detail:
      'Eine Prüfung fand einen Unterschied, wo keiner sein darf; darum bleibt nichts davon. Bitte melde es.',
  },
  download_failed: {
    title: 'Das Modell ließ sich nicht laden',
    detail: 'Was schon da ist, bleibt. Versuche es nach einer Weile noch einmal.',
  },
  enrolment_closed: {
    title: 'Dieser Server verlangt eine Einladung',
    detail: 'Frage seinen Betreiber nach dem Einladungscode.',
  },
  forbidden: { title: 'Das ist nicht erlaubt', detail: 'Dieses Gerät darf das beim Server nicht.' },
  head_id_taken: {
    title: 'Der Server hat einen anderen Kopf mit diesem Namen',
    detail: 'Beende das Abgleichen und beginne es neu.',
  },
  head_not_found: {
    title: 'Der Server hat keinen solchen Kopf',
    detail: 'Er wurde dort gelöscht oder gehört dir nicht.',
  },
  head_not_ready: { title: 'Es sind noch nicht genug Fotos da', detail: 'Zwei Klassen brauchen Fotos.' },
  head_too_large: {
    title: 'Der Kopf ist dem Server zu groß',
    detail: 'Er nimmt 4 MB. Weniger Klassen oder weniger verborgene Einheiten machen ihn kleiner.',
  },
  image_heic: {
    title: 'Dieser Browser kann keine HEIC-Fotos lesen',
    detail:
      'Wähle auf einem iPhone Einstellungen › Kamera › Formate › Maximale Kompatibilität oder öffne diese Seite in Safari. Fotos aus Mails und Nachrichten sind meist JPEGs.',
  },
  image_invalid: {
    title: 'Das Bild ist beschädigt',
    detail: 'Versuche ein anderes oder speichere es noch einmal als JPEG.',
  },
  image_too_large: { title: 'Das Bild ist zu groß', detail: 'Verkleinere es und versuche es noch einmal.' },
  image_unsupported: {
    title: 'Dieses Bild lässt sich nicht lesen',
    detail: 'JPEG, PNG und WebP gehen immer.',
  },
  light_too_few_classes: {
    title: 'Es sind zu wenige Klassen im Bild',
    detail:
      'Bilder nur einer Klasse zeigten die Klasse und nicht das Licht. Zeig Dinge aus mindestens drei Klassen, oder aus beiden, wenn es zwei sind.',
  },
  light_too_few_frames: {
    title: 'Das waren zu wenige Bilder',
    detail: 'Mindestens zehn. Führ die Kamera langsam über die Dinge, die sie kennt.',
  },
  limit_reached: { title: 'Mehr dürfen es nicht sein', detail: 'Entferne zuerst etwas.' },
  link_invalid: {
    title: 'Der Code gilt nicht mehr',
    detail: 'Ein Code gilt einmal und zehn Minuten lang. Zeige auf dem anderen Gerät einen neuen.',
  },
  not_trainable: {
    title: 'Diese Schichten lassen sich hier nicht trainieren',
    detail: 'Schieb die Linie nach oben oder lass den Kopf eine andere Schicht lesen.',
  },
  offline: {
    title: 'Es gibt keine Verbindung',
    detail: 'Es geht von selbst weiter, sobald es wieder eine gibt.',
  },
  photo_missing: {
    title: 'Das Foto gibt es nicht mehr',
    detail: 'Es wurde gelöscht, vielleicht in einem anderen Tab.',
  },
  precondition_failed: {
    title: 'Der Server hat einen neueren Kopf',
    detail: 'Ein anderes Gerät hat ihn geändert. Entscheide, welcher bleibt.',
  },
  project_file_invalid: {
    title: 'Das ist keine Projektdatei',
    detail: 'Wähle eine Datei, die Topwork exportiert hat, oder ein Zip mit einem Bilderordner je Klasse.',
  },
  project_file_newer: {
    title: 'Die Datei ist von einem neueren Topwork',
    detail: 'Aktualisiere die App (lade sie mit Verbindung neu) und importiere sie noch einmal.',
  },
  project_missing: {
    title: 'Den Klassifikator gibt es nicht mehr',
    detail: 'Er wurde gelöscht, vielleicht in einem anderen Tab.',
  },
  rate_limited: { title: 'Zu viele Anfragen', detail: 'Warte eine Minute und versuche es noch einmal.' },
  storage_closed: {
    title: 'Topwork ist in einer neueren Version offen',
    detail:
      'Ein anderer Tab hat die App aktualisiert oder geleert. Schließe die anderen Tabs und lade diese Seite neu.',
  },
  storage_failed: {
    title: 'Der Speicher des Servers ist nicht erreichbar',
    detail: 'Versuche es nach einer Weile noch einmal.',
  },
  storage_full: {
    title: 'Dieses Gerät ist voll',
    detail: 'Was gespeichert ist, bleibt. Schaffe Platz auf dem Gerät und versuche es noch einmal.',
  },
  storage_unavailable: {
    title: 'Dieser Browser behält nichts für Topwork',
    detail:
      'Deine Fotos und Klassen leben auf diesem Gerät, aber hier lässt sich nichts speichern. Öffne Topwork in einem normalen statt in einem privaten Fenster oder erlaube dieser Seite, Daten zu speichern.',
  },
  timeout: {
    title: 'Der Server hat nicht rechtzeitig geantwortet',
    detail: 'Versuche es nach einer Weile noch einmal.',
  },
  too_many_classes: { title: 'Es sind zu viele Klassen', detail: 'Ein Klassifikator hat höchstens 512.' },
  trainer_crashed: {
    title: 'Das Training ist stehen geblieben',
    detail: 'Vielleicht reichte der Speicher nicht. Nichts ist verloren, es beginnt von selbst neu.',
  },
  trainer_unavailable: {
    title: 'Das Training ist noch nicht bereit',
    detail: 'Warte einen Augenblick und versuche es noch einmal.',
  },
  training_diverged: {
    title: 'Das Training ist entgleist',
    detail: 'Sein Fehlermaß ist keine Zahl mehr. Verringere die Lernrate.',
  },
  training_outdated: {
    title: 'Die Fotos haben sich seither geändert',
    detail:
      'Ein unterbrochenes Training kann nur mit denselben Fotos und Klassen weitergehen. Fang es neu an.',
  },
  training_too_large: {
    title: 'Das bräuchte zu viel Speicher',
    detail:
      'Mit Batch-Statistiken muss ein ganzer Stapel auf einmal im Speicher sein. Wähl einen kleineren Stapel, schieb die Linie nach oben oder lass „training“ aus.',
  },
  trunk_mismatch: {
    title: 'Der Server hat ein anderes Modell',
    detail: 'Lade die App mit Verbindung neu: Die Fotos bleiben, der Kopf wird neu gemacht.',
  },
  unauthorized: {
    title: 'Der Server kennt dieses Gerät nicht mehr',
    detail: 'Verbinde es noch einmal. Alles auf diesem Gerät bleibt.',
  },
  unreachable: {
    title: 'Der Server ist nicht erreichbar',
    detail: 'Prüfe die Verbindung. Es wird von selbst wieder versucht.',
  },
  unknown: {
    title: 'Das hat nicht geklappt',
    detail: 'Versuche es noch einmal. Wenn es wieder geschieht, lade die App neu.',
  },
};
