// The words of screens that are seen later, so that a first visit does not wait for them. Only those screens may import
// this: English comes with them, and another language has all of its words already.
import { computed } from '@preact/signals';
import { moreEn } from './en/more.ts';
import { moreTranslated } from './text.ts';

export type MoreText = typeof moreEn;

/** The words; read it where they are shown. */
export const more = computed((): MoreText => moreTranslated.value ?? moreEn);
