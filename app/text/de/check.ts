// German: check.
import type { Text } from '../text.ts';

const photos = (n: number) => (n === 1 ? '1 Foto' : `${n} Fotos`);

export const check: Text['check'] = {
  title: 'Wie gut kann es das?',
  empty: {
    title: 'Noch nichts zu prüfen',
    words:
      'Zeig ihm Fotos von mindestens zwei Klassen. Sobald es etwas gelernt hat, siehst du hier, wie gut.',
    waiting: 'Die Zahlen kommen, sobald es sich deine Fotos angesehen hat.',
    teach: 'Etwas beibringen',
  },
  learning: (n) => `Sieht sich ${photos(n)} an …`,
  fitting: 'Lernt aus der Änderung …',
  failed: 'Aus diesen Fotos ließ sich nichts lernen. Was du siehst, ist von vorher, falls es etwas gibt.',
  headline: {
    right: 'der Fotos, die es nicht kannte, hat es erkannt.',
    interval: (n, low, high) =>
      `Gemessen an ${photos(n)}. Bei neuen Fotos dieser Art sind ${low} bis ${high} zu erwarten.`,
    burst:
      'Jedes Foto wurde ohne es selbst beurteilt, und ohne alle anderen seiner Serie: die sind fast dasselbe Foto.',
    example: 'Jedes Foto wurde nach dem beurteilt, was es aus den anderen gelernt hat.',
    split: 'Die Fotos, an denen gemessen wurde, ganze Serien, dienten nicht zum Lernen.',
    none: 'Es ließ sich nichts messen: Jede Klasse braucht mindestens zwei Fotos, damit eines zurückgehalten werden kann.',
    outlook: (more, low, high) => `Mit ${more} weiteren Fotos je Klasse: wahrscheinlich ${low} bis ${high}.`,
    oneBurst: (names, several) =>
      `${names} ${several ? 'haben' : 'hat'} nur Fotos aus einer Serie. Sie gleichen sich fast aufs Haar, deshalb sind diese Zahlen zu schön, um wahr zu sein. Nimm eine zweite Serie auf: von einer anderen Seite, in anderem Licht oder von einem anderen Stück.`,
  },
  kept: {
    title: 'Ein anderer Kopf antwortet',
    words: 'Die Zahlen auf dieser Seite sind die des mitlernenden Kopfs, der deinen Fotos folgt.',
    accuracy: (share, n) =>
      `Der Kopf, der antwortet, hatte ${share} von ${photos(n)} richtig, als er entstand.`,
    unknown: 'Wie gut der Kopf ist, der antwortet, wurde nicht gemessen.',
    see: 'Den Kopf ansehen, der antwortet',
  },
  classes: {
    title: 'Klasse für Klasse',
    hint: 'Wie viele Fotos einer Klasse erkannt wurden; die dünne Linie zeigt, wo der wahre Anteil wahrscheinlich liegt.',
    of: (right, n) => `${right} von ${n}`,
    range: (low, high) => `Wahrscheinlich ${low} bis ${high}.`,
    noPhotos: 'Noch keine Fotos',
    notMeasured: 'Zu wenige Fotos für ein Urteil',
    confused: (name) => `Oft für ${name} gehalten.`,
    few: 'Mehr Fotos würden helfen.',
    oneBurst: 'Nur eine Serie: Nimm noch eine auf.',
    weak: 'Oft nicht erkannt: Zeig ihm mehr von allen Sorten, die es gibt.',
  },
  matrix: {
    title: 'Was wofür gehalten wurde',
    hint: 'Eine Zeile ist, was Fotos sind, eine Spalte, wofür sie gehalten wurden. Öffne eine Zahl, um ihre Fotos zu sehen.',
    is: 'ist',
    called: 'gehalten für',
    right: (n, name) => `${photos(n)} von ${name}, erkannt`,
    wrong: (n, name, called) => `${photos(n)} von ${name}, gehalten für ${called}`,
  },
  photos: {
    alt: (name) => `Foto von ${name}`,
    recognised: (share) => `Erkannt, zu ${share} sicher`,
    called: (name, share) => `Gehalten für ${name}, zu ${share} sicher`,
    move: 'Verschieben',
    moveTitle: 'Dieses Foto verschieben nach',
    moveTo: (name) => `Nach ${name} verschieben`,
    delete: 'Dieses Foto löschen',
    moved: (name) => `Nach ${name} verschoben.`,
    deleted: 'Foto gelöscht.',
    failed: 'Das hat nicht geklappt. Nichts wurde geändert.',
    gone: 'Dieses Foto gibt es nicht mehr.',
    none: 'Hier sind keine Fotos mehr.',
    more: (n) => `${n} weitere zeigen`,
  },
  suspects: {
    title: 'Vielleicht in der falschen Klasse',
    hint: 'Deine anderen Fotos sprechen gegen diese Zuordnung.',
    none: 'Kein Foto sieht aus, als wäre es in der falschen Klasse.',
    keep: 'Stimmt so',
    kept: 'Nach diesem Foto wirst du vorerst nicht mehr gefragt.',
  },
  doubtful: {
    title: 'Am wenigsten sicher',
    hint: 'Fotos zwischen zwei Klassen. Mehr von dieser Art bringen ihm am meisten bei.',
  },
};
