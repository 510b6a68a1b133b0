// German: deeper.
import type { MoreText } from '../more.ts';

export const deeper: MoreText['deeper'] = {
  title: 'Selbst trainieren',
  intro:
    'Du brauchst nichts davon: Der mitlernende Kopf lernt von allein, und mit wenigen Fotos ist er kaum zu schlagen. Hier kannst du einen anderen auf die klassische Art trainieren, ihm beim Lernen zusehen und ihn behalten, wenn er besser ist.',
  kept: {
    title: 'Ein Kopf, den du behalten hast, antwortet',
    source: {
      trained: (when) => `Hier trainiert, ${when}.`,
      synced: (when) => `Er kam von deinem Server, ${when}.`,
      imported: (when) => `Er kam mit einer Datei, ${when}.`,
    },
    made: (photos, classes) => `Gemacht aus ${photos}, ${classes}.`,
    still: 'Er bleibt, wie er ist, auch wenn du Fotos dazulegst; der mitlernende Kopf lernt weiter.',
    discard: 'Zurück zum mitlernenden Kopf',
    discarded: 'Der mitlernende Kopf antwortet wieder.',
  },
  softmax: {
    title: 'Klassisches Training',
    hint: 'Geht die Fotos wieder und wieder durch und verbessert sich jedes Mal ein wenig (Softmax-Regression mit Gradientenabstieg).',
  },
  form: {
    presets: 'Ausgehen von',
    preset: { quick: 'Schnell', teachableMachine: 'Rezept von Teachable Machine' },
    fields: {
      epochs: { label: 'Epochen', hint: 'Wie oft es alle Fotos durchgeht.' },
      batchSize: { label: 'Stapelgröße', hint: 'Wie viele Fotos es vor jeder Korrektur ansieht.' },
      learningRate: {
        label: 'Lernrate',
        hint: 'Wie groß eine Korrektur ist. Zu groß, und es kommt nie zur Ruhe; zu klein, und es dauert ewig.',
      },
      hidden: {
        label: 'Verborgene Einheiten',
        hint: 'Größe einer Schicht dazwischen, die mehr lernen kann und mehr Fotos braucht. 0 lässt sie weg.',
      },
      seed: {
        label: 'Startzahl',
        hint: 'Wo der Zufall beginnt. Dieselben Fotos, Einstellungen und Startzahl ergeben denselben Kopf.',
      },
      validation: {
        label: 'Zurückgehalten, in Prozent',
        hint: 'Anteil der Fotos, aus denen es nicht lernt, um zu sehen, wie gut es ist. Ganze Serien.',
      },
      patience: {
        label: 'Früher aufhören nach',
        hint: 'So vielen Epochen, in denen es auf den zurückgehaltenen Fotos nicht besser wird; dann geht es zur besten zurück. 0: nie.',
      },
      standardize: {
        label: 'Merkmale angleichen',
        hint: 'Gibt jedem Merkmal am Anfang dasselbe Gewicht, damit es schneller lernt.',
      },
      balance: {
        label: 'Klassen gleich gewichten',
        hint: 'Eine Klasse mit wenigen Fotos zählt dann so viel wie eine mit vielen.',
      },
    },
    more: 'Weitere Einstellungen',
    wrong: (min, max, whole) =>
      `Bitte eine ${whole ? 'ganze Zahl' : 'Zahl'} von ${min.replace('.', ',')} bis ${max.replace('.', ',')}.`,
    notReady: 'Zeig ihm zuerst Fotos von mindestens zwei Klassen.',
    busy: 'Ein anderes Training läuft noch. Warte darauf oder halte es an.',
    train: 'Trainieren',
  },
  progress: {
    preparing: 'Bereitet sich vor …',
    epoch: (n, of) => `Epoche ${n} von ${of}`,
    stop: 'Anhalten',
    started: 'Das Training hat begonnen.',
    ended: {
      none: '',
      running: '',
      trained: 'Das Training ist fertig.',
      stopped: 'Das Training wurde angehalten.',
      diverged: 'Das Training ist aus dem Ruder gelaufen.',
      failed: 'Das Training ist fehlgeschlagen.',
    },
  },
  curves: {
    learnt: 'Fotos, aus denen es lernt',
    heldOut: 'zurückgehaltene Fotos',
    before: 'vor dem Training',
    accuracy: 'Genauigkeit',
    heldOutAccuracy: 'Genauigkeit, zurückgehalten',
    loss: 'Verlust',
    heldOutLoss: 'Verlust, zurückgehalten',
    epoch: 'Epoche',
    latest: (learnt, heldOut) =>
      [learnt, heldOut && `${heldOut} auf zurückgehaltenen Fotos`].filter(Boolean).join('; ') || '–',
    table: 'Alle Zahlen als Tabelle',
  },
  result: {
    title: 'Was dabei herauskam',
    candidate: 'Der neue Kopf',
    live: 'Der mitlernende Kopf',
    verdict: {
      better: 'Der neue Kopf ist besser, als Zufall allein erklären könnte.',
      worse: 'Der mitlernende Kopf ist besser, als Zufall allein erklären könnte.',
      alike: 'Mit so wenigen Fotos lassen sie sich nicht unterscheiden: Behalte, welchen du magst.',
      unknown: 'Es lässt sich nicht vergleichen: Nichts wurde zurückgehalten.',
    },
    unmeasured: 'Wie gut er ist, wurde nicht gemessen: Kein Foto wurde zurückgehalten.',
    keep: 'Den neuen Kopf behalten',
    discard: 'Verwerfen',
    keepHint: 'Ein Kopf, den du behältst, antwortet statt des mitlernenden, bis du zurückgehst.',
    kept: 'Behalten. Ab jetzt antwortet er.',
    discarded: 'Verworfen.',
    stopped: 'Angehalten. Nichts wurde behalten.',
    failed: 'Das Training hat nicht geklappt. Deine Fotos und der mitlernende Kopf sind wie vorher.',
    diverged: (lastGood) =>
      `Das Training ist aus dem Ruder gelaufen: Seine Korrekturen wurden so groß, dass sie keine Zahlen mehr sind. Versuch es mit einem Zehntel der Lernrate.${lastGood ? ' Der Kopf von kurz davor ist noch gut, und du kannst ihn behalten.' : ''}`,
  },
};
