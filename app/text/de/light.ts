// German: adapting to a light.
import type { MoreText } from '../more.ts';

export const light: MoreText['light'] = {
  lead: 'In anderem Licht oder mit einer anderen Kamera begegnen jeder Schicht des Stamms andere Werte, als sie gespeichert hat. Ein paar Sekunden Kamerabilder genügen, um ihre Statistik zurechtzurücken, ganz ohne Klassen; sie bleiben im Speicher dieses Geräts und sind weg, sobald du gehst.',
  needs: {
    head: 'Noch gibt es nichts anzupassen. Zeig ihm zuerst Fotos von mindestens zwei Klassen.',
    teach: 'Lehren',
  },
  hint: 'Starte in dem Licht, um das es geht, und führ die Kamera langsam über die Dinge, die es kennt.',
  notReady: 'Es kann losgehen, sobald das Modell da ist.',
  start: 'Starten',
  again: 'Noch einmal starten',
  collecting: 'Führ die Kamera weiter über die Dinge, die es kennt …',
  started: 'Es sammelt Bilder.',
  enough: 'Das genügt.',
  goal: {
    title: 'Was es braucht',
    frames: (n, least) => `${n} von mindestens ${least} Bildern`,
    classes: (n, least) =>
      least === 2 ? `${n} von beiden Klassen erkannt` : `${n} von mindestens ${least} Klassen erkannt`,
    met: 'erfüllt',
    open: 'fehlt noch',
  },
  seen: (name, n) => `${name}, ${n}`,
  progress: {
    preparing: 'Bereitet sich vor …',
    step: (done, of) => `Lernt das Licht: ${done} von ${of}`,
    stopped: 'Angehalten. Nichts hat sich geändert.',
    done: 'Es hat das Licht gelernt. Vergleich vorher und nachher.',
  },
  result: {
    title: 'Vorher und nachher',
    alike: 'Das Licht ist fast so wie beim Lehren: Anpassen brächte nichts.',
    unclear:
      'Das Licht ist fast so wie beim Lehren, und doch ändern sich Antworten. Sieh nach, ob sie nachher stimmen.',
    other: 'Dieses Licht ist nicht das, in dem du gelehrt hast.',
    worse: 'Auf deinen eigenen Fotos wäre es schlechter.',
    share: (n, of) => `${n} von ${of}`,
    changed: (n, of) =>
      n === 0
        ? 'Keine Antwort ändert sich.'
        : `${n} von ${of} Antworten ${n === 1 ? 'ändert' : 'ändern'} sich.`,
    before: 'Vorher',
    after: 'Nachher',
    confidence: 'Mittlere Sicherheit',
    unlike: 'Anders als alles Gesehene',
    heldOut: 'Genauigkeit, zurückgehalten',
    heldOutNote:
      'Auf deinen eigenen Fotos, jedes beurteilt, ohne daraus zu lernen: vorher mit der gespeicherten Statistik, nachher mit der dieses Lichts.',
    unmeasured: 'nicht gemessen',
    drift: (frames, taught, layers) =>
      `Im Mittel über ${layers} Schichten liegen diese Bilder ${frames} Standardabweichungen von dem entfernt, was gespeichert ist; deine Fotos ${taught}.`,
    most: (layer, frames, taught) =>
      `Am meisten unterscheiden sie sich bei ${layer}: ${frames} gegen ${taught}.`,
    strip: 'Wie weit jede Schicht von dem entfernt ist, was sie gespeichert hat, die Eingabe links',
    key: { frames: 'diese Bilder', usual: 'deine Fotos' },
    list: 'Was es von jedem Bild sagt',
    more: (n) => (n === 1 ? '1 weiteres Bild' : `${n} weitere Bilder`),
    saysUnlike: 'anders als alles Gesehene',
    keep: 'In diesem Licht so nutzen',
    discard: 'Lassen, wie es war',
    hint: 'Der angepasste Kopf antwortet, bis du ihn zurücknimmst. Die gespeicherte Statistik bleibt unberührt.',
    kept: 'Ab jetzt antwortet es für dieses Licht.',
    discarded: 'Es bleibt, wie es war.',
  },
  adapted: 'An ein Licht angepasst',
  takeBack: 'Zurücknehmen',
  takenBack: 'Der mitlernende Kopf antwortet wieder.',
  beyond: 'In anderem Licht oder mit einer anderen Kamera: Ein paar Sekunden Kamerabilder rücken es zurecht.',
};
