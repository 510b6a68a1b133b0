// German: inbox.
import type { Text } from '../text.ts';

export const inbox: Text['inbox'] = {
  title: 'Angekommene Fotos',
  intro: (n) =>
    n === 1
      ? 'Ein Foto wurde mit Topwork geteilt. Wohin gehört es?'
      : `${n} Fotos wurden mit Topwork geteilt. Wohin gehören sie?`,
  empty: 'Nichts angekommen. Teile Fotos aus einer anderen App und wähle Topwork, dann sind sie hier.',
  failed:
    'Die Fotos ließen sich auf diesem Gerät nicht behalten. Schaffe etwas Platz und teile sie noch einmal.',
  project: 'Klassifikator',
  newProject: 'Ein neuer Klassifikator',
  class: 'Klasse',
  newClass: 'Eine neue Klasse',
  className: 'Name der Klasse',
  add: (n) => (n === 1 ? 'Foto hinzufügen' : `${n} Fotos hinzufügen`),
  adding: (done, of) => `${done} von ${of} hinzugefügt`,
  added: (n, name) => (n === 1 ? `1 Foto zu ${name} hinzugefügt.` : `${n} Fotos zu ${name} hinzugefügt.`),
  refused: (n) => (n === 1 ? 'Eines war nicht lesbar:' : `${n} waren nicht lesbar:`),
  remove: 'Entfernen',
  removeAll: 'Alle entfernen',
  photo: (name) => `Foto ${name}`,
  hint: (n) => (n === 1 ? '1 Foto ist angekommen' : `${n} Fotos sind angekommen`),
  sort: 'In eine Klasse legen',
};
