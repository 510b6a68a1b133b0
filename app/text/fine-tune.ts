// The words of fine-tuning, in the language of the person. Apart from the others, and both languages together, so that they
// come with the screen that shows them and not with the first page.
import { computed } from '@preact/signals';
import { fineTune as de } from './de/fine-tune.ts';
import { fineTune as en } from './en/fine-tune.ts';
import { type Language, language } from './text.ts';

export type FineTuneText = typeof en;

const WORDS: Readonly<Record<Language, FineTuneText>> = { en, de };

/** Read it where they are shown. */
export const fineTuneText = computed(() => WORDS[language.value]);
