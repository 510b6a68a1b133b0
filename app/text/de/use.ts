// German: use.
import type { Text } from '../text.ts';

export const use: Text['use'] = {
  title: 'Nutzen',
  empty: {
    title: 'Noch nichts zu fragen',
    detail:
      'Bring ihm mindestens zwei Klassen mit je ein paar Fotos bei. Dann kann es sie hier auseinanderhalten, ganz ohne Netz.',
    learning: 'Lernt noch aus deinen Fotos …',
    teach: 'Lehren',
  },
  answer: {
    waiting: 'Schaut hin …',
    paused: 'Angehalten',
    unsure: 'Nicht sicher',
    unsureMaybe: (label) => `Vielleicht ${label}`,
    unlike: 'Anders als alles Gesehene',
    unlikeDetail: 'Es ähnelt keinem der Fotos, aus denen gelernt wurde.',
    said: (label, share) => `${label}, ${share}`,
    took: (ms) => `In ${ms} beantwortet`,
    bars: 'Wie wahrscheinlich jede Klasse ist',
    others: (n, share) => (n === 1 ? `1 weitere Klasse: ${share}` : `${n} weitere Klassen: ${share}`),
  },
  head: {
    live: 'Es antwortet der Kopf, der laufend mitlernt.',
    kept: 'Es antwortet der Kopf, den du behalten hast.',
  },
  pause: 'Anhalten',
  resume: 'Weiter',
  heatOn: 'Zeigen, woran es liegt',
  heatOff: 'Nicht mehr zeigen, woran es liegt',
  heatNote: 'Gelb spricht für diese Antwort, Dunkles nicht.',
  still: 'Standbild aufnehmen',
  choose: 'Foto auswählen',
  back: 'Zurück zur Kamera',
  dropHere: 'Foto hierher ziehen oder einfügen',
  photo: 'Das Foto, wie das Modell es ansieht',
  photoFailed: 'Dieses Foto ließ sich nicht lesen. Versuch es mit JPEG, PNG oder WebP.',
  fullScreen: 'Vollbild',
  leaveFullScreen: 'Vollbild verlassen',
  settings: {
    open: 'Wie Antworten gezeigt werden',
    topK: (n) =>
      n === 1 ? 'Die wahrscheinlichste Klasse zeigen' : `Die ${n} wahrscheinlichsten Klassen zeigen`,
    threshold: (share) => `Unter ${share} „nicht sicher“ sagen`,
    never: 'Nie „nicht sicher“ sagen',
    note: 'Wird mit dem Projekt gespeichert.',
  },
  model: {
    downloading: (done, of) => `Modell wird geladen: ${done} von ${of}`,
    starting: 'Modell startet …',
    failed: 'Das Modell ist nicht gestartet.',
    failedAnswer: 'Es konnte nicht antworten. Es wird weiter versucht.',
  },
};
