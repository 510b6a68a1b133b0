// Tells screen readers the answer: once it has stood for a moment, and not again while it stays the same.
import type { ReadonlySignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { announce } from '../announce.ts';
import type { Answer } from './answer.ts';
import { wordsOf } from './answer-view.tsx';

/** A live answer flickers; only what stands this long is said, ms. */
const STANDS_MS = 1_000;

export function useSpokenAnswer(answer: ReadonlySignal<Answer | null>): void {
  const words = answer.value === null ? null : wordsOf(answer.value);
  useEffect(() => {
    if (words === null) return;
    const timer = setTimeout(() => announce(words), STANDS_MS);
    return () => clearTimeout(timer);
  }, [words]);
}
