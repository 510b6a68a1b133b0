// German: fine-tuning.
import type { MoreText } from '../more.ts';

const blocks = (n: number) => (n === 1 ? '1 Block' : `${n} Blöcke`);
const layers = (n: number) => (n === 1 ? '1 Schicht' : `${n} Schichten`);

export const fineTune: MoreText['fineTune'] = {
  title: 'Feinabstimmung',
  hint: 'Trainiert die oberen Blöcke des Stamms zusammen mit einem Kopf. Das dauert länger als ein Kopf allein und ist bei wenigen Fotos selten besser: Vergleich die beiden, bevor du einen behältst.',
  missing: 'Der Stamm erscheint hier, sobald das Modell geladen ist.',
  noLine:
    'Dieser Stamm lässt sich hier nicht feinabstimmen: Unter dem Kopf gibt es keinen zweiten Block, der eingefroren bliebe.',
  stack: {
    title: 'Was bleibt und was lernt',
    line: 'Linie zwischen eingefrorenen und lernenden Blöcken',
    value: (frozen, trainable) => `Eingefroren bis ${frozen}; es lernt: ${trainable}`,
    range: (first, last) => (first === last ? first : `${first} bis ${last}`),
    help: 'Zieh die Linie oder verschieb sie mit den Pfeiltasten.',
    photo: 'Foto',
    head: 'Kopf',
    reads: (layer) => `liest ${layer}`,
    unused: (n) => (n === 1 ? '1 Block darüber bleibt ungenutzt' : `${n} Blöcke darüber bleiben ungenutzt`),
    frozen: 'Eingefroren',
    trainable: 'Lernt',
    frozenMeans: (n, names) => `${blocks(n)}, ${names}. Gewichte und Statistik bleiben.`,
    trainableMeans: (n, names) => `${blocks(n)}, ${names}. Gewichte lernen aus deinen Fotos.`,
    size: (side) =>
      `Ein hoher Block rechnet viel; ein breiter sieht das Bild in feinen Einzelheiten. Daneben: Höhe × Breite × Kanäle dessen, was er aus einem Foto von ${side}\u00a0×\u00a0${side}\u00a0px macht.`,
  },
  reads: {
    label: 'Der Kopf liest',
    hint: 'Die Schicht, deren Merkmale er bekommt. Was darüber liegt, bleibt ungenutzt.',
    usual: (layer) => `${layer} (üblich)`,
    end: (layer) => `${layer} (Ende des Stamms)`,
    others: 'Enden anderer Blöcke',
  },
  cost: {
    title: 'Was es kostet',
    measuring: 'Misst einen Schritt auf diesem Gerät …',
    time: 'Zeit',
    seconds: (n) => `etwa ${n}\u00a0s`,
    minutes: (n) => `etwa ${n}\u00a0min`,
    hours: (n) => `etwa ${n}\u00a0h`,
    memory: 'Arbeitsspeicher',
    file: 'Datei des Kopfes',
    weights: 'Gewichte, die lernen',
    tooLarge: (bytes, most) =>
      `Dieser Kopf wäre ${bytes} groß, erlaubt sind ${most}. Schieb die Linie nach oben, damit weniger Blöcke lernen.`,
    moveUp: 'Der Kopf würde zu groß: Schieb die Linie nach oben.',
    failed: 'Es ließ sich nicht messen.',
    wrong: 'Gemessen wird, sobald in allen Feldern erlaubte Zahlen stehen.',
  },
  fields: {
    epochs: { label: 'Epochen', hint: 'Wie oft es höchstens alle Fotos durchgeht.' },
    learningRate: {
      label: 'Lernrate',
      hint: 'Wie groß eine Korrektur ist. Hier klein: Der Stamm kann schon viel und soll es nicht vergessen.',
    },
    augment: {
      label: 'Fotos abwandeln',
      hint: 'Lernt aus jedem Foto auch gespiegelt, zugeschnitten und in anderen Farben, damit wenige Fotos weiter reichen.',
    },
    batchSize: { label: 'Stapelgröße', hint: 'Wie viele Fotos es vor jeder Korrektur ansieht.' },
    optimizer: {
      label: 'Optimierer',
      hint: 'Wie korrigiert wird: Adam stellt sich auf jedes Gewicht ein, SGD geht geradewegs bergab.',
      choices: { adam: 'Adam', sgd: 'SGD mit Schwung (momentum)' },
    },
    weightDecay: {
      label: 'Gewichtszerfall (weight decay)',
      hint: 'Zieht Gewichte ein wenig zur Null, gegen Auswendiglernen. 0: gar nicht.',
    },
    validation: {
      label: 'Zurückgehalten, in Prozent',
      hint: 'Anteil der Fotos, aus denen es nicht lernt, um zu sehen, wie gut es ist. Ganze Serien.',
    },
    patience: {
      label: 'Früher aufhören nach',
      hint: 'So vielen Epochen, in denen es auf den zurückgehaltenen Fotos nicht besser wird; zur besten geht es in jedem Fall zurück. 0: nie.',
    },
    seed: { label: 'Startzahl', hint: 'Wo der Zufall beginnt.' },
  },
  batchNorm: {
    title: 'BatchNorm über der Linie',
    trainable: {
      label: 'trainable',
      hint: 'Gamma und Beta, Maßstab und Verschiebung jedes Kanals, lernen mit.',
    },
    training: {
      label: 'training',
      hint: 'Normalisiert mit der Statistik jedes Stapels statt mit der gespeicherten und schiebt die gespeicherte dorthin.',
    },
    ruins:
      'Stapelstatistik verdirbt ein kleines Training meist. Auf dem geprüften Stamm waren mit 50 Fotos je Klasse 73 % richtig, wenn die gespeicherte Statistik galt, und nur 46 % mit Stapelstatistik.',
    noEffect:
      'Ohne „trainable“ ändert das nichts: Eine eingefrorene BatchNorm-Schicht bleibt bei ihrer gespeicherten Statistik, wie in Keras.',
  },
  explained: {
    title: '„trainable“ und „training“: was sie tun',
    paragraphs: [
      'In Keras friert `base_model.trainable = False` alle Gewichte ein. Eine eingefrorene BatchNorm-Schicht läuft außerdem im Inferenzmodus: Sie normalisiert mit gespeichertem Mittelwert und gespeicherter Varianz, und die wandern nicht.',
      '`base_model(x, training=False)` sagt dasselbe für einen Aufruf: gespeicherte Statistik, was auch immer `trainable` sagt. Gewichte lernen trotzdem.',
      'Die Falle kommt mit dem Auftauen. Eine BatchNorm-Schicht, die wieder `trainable` ist und mit `training=True` aufgerufen wird, normalisiert mit den wenigen Fotos eines Stapels und schiebt ihre Statistik dorthin. Was die Schichten darüber gelernt hatten, passt dann nicht mehr.',
      'Darum tut Topwork, was Keras rät: Unter der Linie ist alles eingefroren; darüber lernen Gewichte, Gamma und Beta, und die Statistik bleibt, wie sie gespeichert ist (`training=False`). Danach vergleicht es Bit für Bit, ob blieb, was bleiben sollte.',
    ],
  },
  start: 'Feinabstimmen',
  photosThrough: (done, of) => `Fotos durch die eingefrorenen Blöcke: ${done} von ${of}`,
  epochsDone: (n, of) => `${n} von ${of} Epochen geschafft`,
  before: {
    name: 'Davor, an derselben Schicht',
    verdict: {
      better: 'Die Feinabstimmung hat ihn besser gemacht, als Zufall allein erklären könnte.',
      worse: 'Die Feinabstimmung hat ihn schlechter gemacht, als Zufall allein erklären könnte.',
      alike:
        'Ob die Feinabstimmung geholfen hat, lässt sich mit so wenigen zurückgehaltenen Fotos nicht sagen.',
      unknown: 'Ob die Feinabstimmung geholfen hat, lässt sich nicht sagen: Nichts wurde zurückgehalten.',
    },
  },
  noBetter:
    'Keine Epoche war besser als gar keine: Was du behalten kannst, ist der Kopf von vor der Feinabstimmung.',
  bestEpoch: (n) => `Seine Gewichte sind die von Epoche ${n}, der besten auf den zurückgehaltenen Fotos.`,
  proof: {
    title: 'Geprüft: Eingefrorenes ist geblieben',
    below: (n) =>
      `${n === 1 ? 'Der Block' : `Die ${blocks(n)}`} unter der Linie ${n === 1 ? 'war' : 'waren'} außer Reichweite: An Gewichte und Statistik dort kommt das Training nie heran.`,
    statistics:
      'Über der Linie wurde alle Statistik vorher und nachher verglichen: Kein Bit hat sich geändert.',
    moved: (n) =>
      `Über der Linie ist die Statistik von ${layers(n)} gewandert, wie die beiden Schalter es sagten; sonst hat sich nichts Eingefrorenes auch nur um ein Bit geändert.`,
    details: 'Der Nachweis im Einzelnen',
    frozenWeights: 'Prüfsumme der eingefrorenen Gewichte über der Linie',
    frozenStatistics: 'Prüfsumme der eingefrorenen Statistik über der Linie',
    movedLayers: 'Schichten, deren Statistik gewandert ist',
    none: 'keine',
  },
  brokenOff: {
    title: 'Ein Training wurde unterbrochen',
    words: (epoch, of, when) => `Es war bis Epoche ${epoch} von ${of} gekommen, ${when}.`,
    resume: 'Weitermachen',
    forget: 'Vergessen',
    forgotten: 'Vergessen.',
    today: (time) => `heute um ${time}`,
    yesterday: (time) => `gestern um ${time}`,
  },
};
