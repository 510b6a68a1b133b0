// The words of the app in the language of the person. Every component reads `text.value`, and follows a change. English
// comes with the page; another language is fetched when it is wanted.
import { computed, signal } from '@preact/signals';
import { en } from './en/en.ts';
import type { MoreText } from './more.ts';

/** English is the reference: a translation has all of its keys, with functions of the same parameters. */
export type Text = typeof en;
export type Language = 'en' | 'de';

/** Each language by its own name. */
export const LANGUAGES: readonly (readonly [code: Language, name: string])[] = [
  ['en', 'English'],
  ['de', 'Deutsch'],
];

const current = signal<{
  readonly language: Language;
  readonly text: Text;
  readonly more: MoreText | null;
}>({ language: 'en', text: en, more: null });

/** The words; read it where they are shown. */
export const text = computed(() => current.value.text);
/** The further words of a language that was fetched; null: English, whose come with their screens. */
export const moreTranslated = computed(() => current.value.more);
export const language = computed(() => current.value.language);

/** Changes the language everywhere at once, and says so to screen readers. */
export async function setLanguage(to: Language): Promise<void> {
  current.value = { language: to, ...(to === 'en' ? { text: en, more: null } : await german()) };
  document.documentElement.lang = to;
}

async function german(): Promise<{ readonly text: Text; readonly more: MoreText }> {
  const [{ de }, { moreDe }] = await Promise.all([import('./de/de.ts'), import('./de/more.ts')]);
  return { text: de, more: moreDe };
}

/** The first language of the browser that there is, else English. */
export function preferredLanguage(wanted: readonly string[]): Language {
  const known = new Set<string>(LANGUAGES.map(([code]) => code));
  const found = wanted.map((tag) => tag.toLowerCase().split('-')[0] ?? '').find((tag) => known.has(tag));
  return found === 'de' ? 'de' : 'en';
}
