// Where the person is, kept in the address's fragment: the app is one static page, and works offline from any of them.
import { computed, signal } from '@preact/signals';
import type { ProjectId } from '../storage/schema.ts';

/** Screens of a project, in the order of their tabs. */
export const TABS = ['teach', 'check', 'deeper', 'use', 'keep'] as const;
export type Tab = (typeof TABS)[number];
/** Screens of a project that lie behind one of its tabs. */
export const BEHIND = { lab: 'deeper', light: 'use' } as const satisfies Readonly<Record<string, Tab>>;
export type Behind = keyof typeof BEHIND;

export type Route =
  | { readonly screen: 'home' }
  /** Makes a project, or opens the one that was open last: where the shortcuts of the installed app lead. */
  | { readonly screen: 'new' | 'last' }
  | { readonly screen: 'project'; readonly project: ProjectId; readonly tab: Tab | Behind }
  /** Photos that were shared with the app, to be put into a class. */
  | { readonly screen: 'inbox' }
  | { readonly screen: 'settings' }
  /** The trunk and its statistics. */
  | { readonly screen: 'trunk' }
  /** The server: enrolment, devices, keys; `link` is a code that another device shows. */
  | { readonly screen: 'connect'; readonly link: string | null };

const hash = signal(typeof location === 'undefined' ? '' : location.hash);
if (typeof addEventListener === 'function')
  addEventListener('hashchange', () => {
    hash.value = location.hash;
  });

/** The current route. */
export const route = computed(() => parseRoute(hash.value));

/** Fragment -> route; what is not understood leads home. */
export function parseRoute(fragment: string): Route {
  const [first = '', second = '', third = ''] = fragment
    .replace(/^#\/?/, '')
    .replace(/\?.*$/, '')
    .split('/')
    .map(decoded);
  switch (first) {
    case 'p': {
      const tab = ([...TABS, 'lab', 'light'] as const).find((name) => name === third) ?? 'teach';
      return second === '' ? { screen: 'home' } : { screen: 'project', project: second as ProjectId, tab };
    }
    case 'inbox':
    case 'new':
    case 'last':
    case 'settings':
    case 'trunk':
      return { screen: first };
    case 'connect':
      return { screen: 'connect', link: second === '' ? null : second };
    default:
      return { screen: 'home' };
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

/** Route -> fragment, for `href`. */
export function hrefOf(to: Route): string {
  switch (to.screen) {
    case 'home':
      return '#/';
    case 'project':
      return `#/p/${to.project}/${to.tab}`;
    case 'connect':
      return to.link === null ? '#/connect' : `#/connect/${encodeURIComponent(to.link)}`;
    default:
      return `#/${to.screen}`;
  }
}

/** Goes there; `replace` leaves no entry in the history. */
export function go(to: Route, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (replace) location.replace(hrefOf(to));
  else location.hash = hrefOf(to);
}
