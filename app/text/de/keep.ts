// German: keep and share.
import type { Text } from '../text.ts';

export const keep: Text['keep'] = {
  title: 'Behalten und teilen',
  file: {
    title: 'Das ganze Projekt',
    intro:
      'Eine Datei mit allem: Fotos, Klassen und dem Gelernten. Heb sie als Sicherung auf oder öffne sie in Topwork auf einem anderen Gerät.',
    private: 'Deine Fotos sind darin. Gib sie nur Leuten, die sie sehen dürfen.',
    parts: (photos, numbers, heads) =>
      `Fotos ${photos}, was das Modell in ihnen sieht ${numbers}, das Gelernte ${heads}.`,
    size: (size) => `Etwa ${size}`,
    save: 'Datei sichern',
    share: 'Datei teilen',
    shareReady: 'Die Datei ist fertig. Du kannst sie jetzt teilen.',
    progress: (done, of) => `Foto ${done} von ${of} wird eingepackt`,
    stopped: 'Angehalten. Es wurde nichts gesichert.',
    saved: (name) => `Gesichert als ${name}.`,
    shared: 'Geteilt.',
    failed: 'Die Datei ließ sich nicht erstellen.',
    empty: 'Es gibt noch keine Fotos.',
  },
  head: {
    title: 'Nur das Gelernte',
    intro:
      'Der Kopf: der kleine Teil, der deine Klassen kennt, für Programme und für andere Leute. Er enthält keine Fotos, nur Zahlen und die Namen deiner Klassen.',
    which: { live: 'Der, der laufend mitlernt.', kept: 'Der, den du trainiert und behalten hast.' },
    save: 'Kopf sichern',
    none: 'Es gibt noch keinen. Bring ihm erst mindestens zwei Klassen bei.',
    classes: (n) => (n === 1 ? '1 Klasse' : `${n} Klassen`),
  },
  elsewhere: {
    title: 'Auf einem anderen Gerät',
    intro: 'Öffne dort Topwork und wähle die Projektdatei aus.',
    show: 'Adresse als QR-Code zeigen',
    code: (address) => `QR-Code von ${address}`,
    scan: 'Richte die Kamera des anderen Geräts darauf.',
  },
  server: {
    title: 'Auf dem Server',
    intro:
      'Leg den Kopf auf den Server, damit deine anderen Geräte und Programme ihn nutzen können. Fotos verlassen dieses Gerät nie.',
    notConnected:
      'Dieses Gerät ist nicht mit dem Server verbunden. Das braucht es nur für den Endpunkt und für mehrere Geräte.',
    connect: 'Verbinden',
    refused:
      'Der Server kennt dieses Gerät nicht mehr, vielleicht wurde es von einem anderen aus entfernt. Es geht nichts verloren: Deine Köpfe bleiben hier. Verbinde es neu, um weiterzumachen.',
    connectAgain: 'Neu verbinden',
    switch: 'Den Kopf dieses Projekts auf dem Server behalten',
    noHead:
      'Es gibt noch nichts zu senden. Bring ihm erst mindestens zwei Klassen bei; sobald es einen Kopf gibt, wird er gesendet.',
    status: {
      synced: (when) => `Auf dem neuesten Stand, ${when}`,
      syncing: 'Wird abgeglichen …',
      pending: 'Hier geändert, noch nicht gesendet',
      offline: 'Wartet auf den Server. Es wird von selbst gesendet und ist bis dahin hier sicher.',
      conflict: 'An zwei Stellen geändert',
    },
    now: 'Jetzt abgleichen',
    sent: (size) => `Von diesem Projekt wurden bisher ${size} gesendet.`,
    sentNothing: 'Von diesem Projekt wurde bisher nichts gesendet.',
    off: {
      title: 'Nicht länger auf dem Server behalten?',
      intro: 'Auf diesem Gerät bleibt der Kopf in jedem Fall.',
      here: 'Nicht mehr abgleichen, dort lassen',
      there: 'Auch dort löschen',
      thereNote: 'Programme, die diesen Endpunkt fragen, und deine anderen Geräte verlieren ihn.',
    },
    conflict: {
      title: 'Welcher soll bleiben?',
      both: 'Dieser Kopf wurde hier und auf einem anderen Gerät geändert, seit beide zuletzt gleich waren.',
      gone: 'Der Server hat diesen Kopf nicht mehr, hier wurde er aber nicht gelöscht.',
      mine: 'Meinen behalten',
      mineMeans:
        'Sendet den Kopf dieses Geräts. Die andere Fassung wird auf dem Server ersetzt, bleibt dort aber im Verlauf.',
      mineGoneMeans: 'Sendet den Kopf dieses Geräts noch einmal zum Server.',
      theirs: 'Den anderen nehmen',
      theirsMeans:
        'Hier antwortet dann die Fassung des Servers. Deine Fotos bleiben, und auch der Kopf, der laufend mitlernt.',
      theirsGone: 'Ohne den Server weitermachen',
      theirsGoneMeans: 'Gleicht nicht mehr ab. Der Kopf bleibt auf diesem Gerät.',
      settled: 'Geklärt.',
    },
    failed: 'Das hat nicht geklappt.',
  },
  project: {
    title: 'Dieses Projekt',
    used: (size, photos) => `${size} auf diesem Gerät, ${photos}.`,
    duplicate: 'Duplizieren',
    copyOf: (title) => `${title} (Kopie)`,
    duplicated: (title) => `„${title}“ ist erstellt.`,
    open: 'Öffnen',
    delete: 'Projekt löschen',
    deleted: (title) => `„${title}“ ist gelöscht.`,
    restored: (title) => `„${title}“ ist wieder da.`,
    failed: 'Das hat nicht geklappt. Es wurde nichts geändert.',
  },
};
