// German: teach.
import type { Text } from '../text.ts';

export const teach: Text['teach'] = {
  title: 'Lehren',
  live: {
    unlike: 'Nichts, was es kennt',
    unsure: (name) => `Vielleicht ${name}`,
    percent: (n) => `${n}\u00a0%`,
  },
  model: {
    awaited: 'Fotografieren kannst du schon. Antworten kommen, sobald das Modell da ist.',
    failed: 'Ohne das Modell gibt es keine Antworten. Fotos werden trotzdem behalten.',
    learning: (n) => (n === 1 ? 'Lernt aus 1 Foto…' : `Lernt aus ${n} Fotos…`),
    learningFailed: 'Aus den Fotos ließ sich nichts lernen.',
    kept: 'Hier antwortet ein Kopf, den du trainiert und behalten hast. Aus neuen Fotos lernt er nicht.',
    useLive: 'Die Fotos antworten lassen',
    nowLive: 'Jetzt antwortet wieder der Kopf, der mitlernt.',
  },
  guide: {
    first: (name) => `Richte die Kamera auf das Erste, „${name}“, und halte den Knopf gedrückt.`,
    firstFiles: (name) => `Zeig das Erste: Fotos kommen in „${name}“.`,
    second: (name) => `Jetzt das Zweite: „${name}“.`,
    next: (name) => `„${name}“ hat noch keine Fotos.`,
    choose: (name) => `Weiter zu ${name}`,
    few: (name, n) =>
      `„${name}“ hat ${n === 1 ? '1 Foto' : `${n} Fotos`}. Mit zehn oder mehr geht es viel besser.`,
    oneBurst: (name) =>
      `„${name}“ stammt aus einem einzigen Durchgang. Dreh es, ändere Blickwinkel und Hintergrund und halte noch einmal.`,
    confused: (name, other) =>
      `„${name}“ wird oft für „${other}“ gehalten. Zeig, was sie unterscheidet: beide, von mehr Seiten.`,
    weak: (name) => `„${name}“ wird oft nicht erkannt. Abwechslungsreichere Fotos davon helfen am meisten.`,
    now: (percent) => `Von Fotos, aus denen es nicht gelernt hat, erkennt es ${percent}\u00a0%.`,
    outlook: (more, low, high) =>
      low === high
        ? `Mit ${more} weiteren je Klasse wären es wohl etwa ${low}\u00a0%.`
        : `Mit ${more} weiteren je Klasse wären es wohl ${low} bis ${high}\u00a0%.`,
  },
  shutter: {
    label: (name) => `${name} fotografieren`,
    help: 'Tippen für ein Foto, halten für viele.',
    off: 'Die Kamera ist aus',
    into: 'Fotos kommen in',
    saved: (n) => `${n} gespeichert`,
    saving: (n) => `${n} unterwegs…`,
    savedIn: (n, name) => (n === 1 ? `1 Foto in ${name} gespeichert.` : `${n} Fotos in ${name} gespeichert.`),
  },
  files: {
    add: 'Fotos aus Dateien hinzufügen',
    short: 'Dateien',
    progress: (done, of, name) => `${done} von ${of} kommen zu „${name}“`,
    waiting: (n) => (n === 1 ? '1 weitere Datei wartet' : `${n} weitere Dateien warten`),
    added: (n, name) => (n === 1 ? `1 Foto ist jetzt in „${name}“.` : `${n} Fotos sind jetzt in „${name}“.`),
    stopped: (n, name) =>
      n === 1 ? `Angehalten. 1 Foto kam zu „${name}“.` : `Angehalten. ${n} Fotos kamen zu „${name}“.`,
    refused: (n) => (n === 1 ? '1 Datei kam nicht dazu' : `${n} Dateien kamen nicht dazu`),
    refusedIntro: 'Die anderen sind da. Bei diesen ging es nicht:',
  },
  classes: {
    title: 'Klassen',
    add: 'Klasse hinzufügen',
    menu: (name) => `${name} ändern`,
    rename: 'Umbenennen',
    name: 'Name der Klasse',
    colour: 'Farbe',
    colourName: ['Grün', 'Orange', 'Blau', 'Magenta', 'Gelb', 'Türkis', 'Violett', 'Rot', 'Limette', 'Grau'],
    earlier: 'Nach oben',
    later: 'Nach unten',
    mergeInto: 'Ihre Fotos kommen zu',
    mergeDo: 'Zusammenlegen',
    merged: (from, into) => `„${from}“ gehört jetzt zu „${into}“.`,
    remove: 'Klasse löschen',
    removed: (name, n) =>
      n === 0 ? `„${name}“ gelöscht.` : `„${name}“ gelöscht, mit ${n === 1 ? '1 Foto' : `${n} Fotos`}.`,
    none: 'Füge für jedes Ding, das du unterscheiden willst, eine Klasse hinzu.',
  },
  photos: {
    title: (name, n) => `${name}: ${n === 1 ? '1 Foto' : `${n} Fotos`}`,
    empty: 'Noch keine Fotos',
    all: (n) => `Alle ${n}`,
    allLabel: (n, name) => `Alle ${n} Fotos von ${name} zeigen`,
    one: (i, n, name) => `Foto ${i} von ${n} von ${name}`,
    select: 'Auswählen',
    selectAll: 'Alle auswählen',
    selected: (n) => `${n} ausgewählt`,
    moveTo: 'Verschieben nach',
    move: 'Verschieben',
    removed: (n) => (n === 1 ? '1 Foto gelöscht.' : `${n} Fotos gelöscht.`),
    moved: (n, name) => (n === 1 ? `1 Foto ist jetzt in „${name}“.` : `${n} Fotos sind jetzt in „${name}“.`),
    previous: 'Neueres Foto',
    next: 'Älteres Foto',
    backToAll: 'Alle Fotos',
    gone: 'Dieses Foto gibt es nicht mehr.',
  },
};
