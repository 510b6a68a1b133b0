// The words of the app in the language of the person. Every component reads `text.value`, and follows a change. English
// comes with the page; another language is fetched when it is wanted.
import { computed, signal } from '@preact/signals';
import { en } from './en/en.ts';

/** English is the reference: a translation has all of its keys, with functions of the same parameters. */
export type Text = typeof en;
export type Language = 'en' | 'de';

/** Each language by its own name. */
export const LANGUAGES: readonly (readonly [code: Language, name: string])[] = [
  ['en', 'English'],
  ['de', 'Deutsch'],
];

const current = signal<{ readonly language: Language; readonly text: Text }>({ language: 'en', text: en });

/** The words; read it where they are shown. */
export const text = computed(() => current.value.text);
export const language = computed(() => current.value.language);

/** Changes the language everywhere at once, and says so to screen readers. */
export async function setLanguage(to: Language): Promise<void> {
  const words = to === 'en' ? en : (await import('./de/de.ts')).de;
  current.value = { language: to, text: words };
  document.documentElement.lang = to;
}

/** The first language of the browser that there is, else English. */
export function preferredLanguage(wanted: readonly string[]): Language {
  const known = new Set<string>(LANGUAGES.map(([code]) => code));
  const found = wanted.map((tag) => tag.toLowerCase().split('-')[0] ?? '').find((tag) => known.has(tag));
  return found === 'de' ? 'de' : 'en';
}
