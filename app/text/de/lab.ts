// German: the BatchNorm lab.
import type { MoreText } from '../more.ts';

const fotos = (n: number) => (n === 1 ? '1 Foto' : `${n} Fotos`);

export const lab: MoreText['lab'] = {
  lead: 'Welche Statistik skaliert ein Foto, und hängt seine Antwort von den Fotos daneben ab? Probier es mit deinen eigenen: ein Foto, dreimal, jedes Mal in anderer Gesellschaft, durch alle vier Stellungen der beiden Schalter von BatchNorm.',
  copy: 'Alles geschieht an einer Kopie. Deine Fotos, der Stamm und dein Kopf bleiben, wie sie sind.',
  needs: {
    head: 'Das Labor fragt den mitlernenden Kopf. Zeig ihm zuerst Fotos von mindestens zwei Klassen.',
    photos: (least, n) =>
      `Das Labor braucht mindestens ${least} Fotos, und es ${n === 1 ? 'gibt' : 'sind'} erst ${n}${n === 1 ? '' : ' da'}.`,
    teach: 'Lehren',
  },
  photo: {
    title: 'Das Foto',
    choose: 'Anderes Foto wählen',
    of: (name) => `Ein Foto von ${name}`,
    nth: (n, name) => `Foto ${n} von ${name}`,
    doubtful: 'Bei denen es am wenigsten sicher ist',
    nthDoubtful: (n, name) => `Zweifelhaftes Foto ${n}, von ${name}`,
  },
  mates: {
    title: 'Seine Nachbarn im Stapel',
    own: 'Eigene Klasse',
    other: 'Andere Klassen',
    mixed: 'Gemischt',
    hint: 'Jede Gruppe geht in einem Stapel (batch) mit dem Foto durch den Stamm.',
    shuffle: 'Andere Nachbarn',
    shuffled: 'Andere Nachbarn sind gezogen.',
    of: (n, name) => `${fotos(n)} von ${name}`,
  },
  run: 'Alle vier ausprobieren',
  again: 'Noch einmal ausprobieren',
  progress: {
    preparing: 'Bereitet sich vor …',
    step: (done, of) => `Schritt ${done} von ${of}`,
    started: 'Der Versuch hat begonnen.',
    stopped: 'Angehalten. Nichts hat sich geändert.',
  },
  result: {
    title: 'Was dabei herauskam',
    verdict: {
      same: (answer) => `${answer}, bei allen: gleich bis aufs letzte Bit.`,
      sameNone: 'Bei allen gleich bis aufs letzte Bit.',
      shifts: (label, from, to) => `Bleibt ${label}, wandert aber mit den Nachbarn von ${from} zu ${to}.`,
      changes: (from, to) => `Wechselt mit den Nachbarn von ${from} zu ${to}.`,
    },
    with: { own: 'eigene', other: 'andere', mixed: 'gemischt', alone: 'allein' },
    answers: 'Seine Antwort',
    scaledBy: 'Skaliert mit',
    by: { batch: 'Mittelwert und Varianz dieses Stapels', stored: 'gespeichertem Mittelwert und Varianz' },
    statistics: 'Gespeicherte Statistik',
    moved: (n, of) =>
      n === 0
        ? `0 von ${of} Schichten sind gewandert`
        : `${n} von ${of} Schichten sind in einem Aufruf gewandert`,
    strip:
      'Wie weit jede Schicht gewandert ist, die Eingabe links: der Mittelwert nach oben, die Varianz nach unten',
    most: (mean, variance) =>
      `Ein Mittelwert um bis zu ${mean} einer Standardabweichung, eine Varianz um bis zu ${variance}. Ein Training macht Hunderte solcher Aufrufe.`,
    weights: 'Gamma und Beta',
    learnt: (n, of) => (n === 0 ? 'bleiben' : `lernen in ${n} von ${of} Schichten`),
    doubtful: 'Ein Foto, bei dem es weniger sicher ist, zeigt es deutlicher.',
    rule: 'Die anderen drei gleichen sich, und das ist die Regel von Keras: Eine BatchNorm-Schicht, die nicht `trainable` ist, läuft im Inferenzmodus, und mit `training=False` tut das jede. Sie unterscheiden sich nur noch darin, ob Gamma und Beta lernen.',
    noRule: 'Das entspricht nicht der Regel von Keras. Bitte melde es.',
  },
  explain: {
    title: 'Was die zwei Schalter tun',
    trainable:
      '`base_model.trainable = False` nimmt Gamma und Beta, wie jedes andere Gewicht, aus der Reichweite des Gradientenverfahrens.',
    training:
      '`base_model(x, training=False)` skaliert mit gespeichertem Mittelwert und gespeicherter Varianz. Mit `True` sind es die des Stapels, und die gespeicherten machen einen Schritt auf sie zu.',
    rule: 'Sie sind unabhängig bis auf eine Regel: Eine BatchNorm-Schicht, die nicht `trainable` ist, läuft im Inferenzmodus, auch wenn sie mit `training=True` aufgerufen wird. Einfrieren bewahrt also auch ihre Statistik. Eine aufgetaute Schicht, die mit `training=True` aufgerufen wird, skaliert jedes Foto nach seiner Gesellschaft und verschiebt mit jedem Aufruf, was gespeichert ist, bis sie vergessen hat, womit sie trainiert wurde. Daher der Rat von Keras: feinabstimmen mit `training=False`.',
    stock:
      'TensorFlow.js von Haus aus hält die Regel nicht ein: Seine eingefrorenen Schichten skalieren mit dem Stapel, und ihre Statistik wandert. Topwork beweist nach jedem Training mit Prüfsummen, dass sie es hier nicht tat.',
    table: 'Die Tabelle aller vier, und die gespeicherte Statistik',
  },
  beyond: 'Sieh an deinen eigenen Fotos, was trainable und training bei BatchNorm tun.',
  fromTrunk: 'Mit deinen eigenen Fotos ausprobieren',
};
