// Something that is asked of the server while a screen is shown: a value, or why there is none.
import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

export type Asked<T> =
  | { readonly state: 'asking' }
  | { readonly state: 'there'; readonly value: T }
  | { readonly state: 'failed'; readonly error: unknown };

/** @param keys what it depends on; it is asked again when one changes, or `again` is called */
export function useAsked<T>(
  ask: () => Promise<T>,
  keys: readonly unknown[],
): { readonly asked: ReadonlySignal<Asked<T>>; readonly again: () => void } {
  const asked = useSignal<Asked<T>>({ state: 'asking' });
  const run = () => {
    let wanted = true;
    ask().then(
      (value) => {
        if (wanted) asked.value = { state: 'there', value };
      },
      (error: unknown) => {
        if (wanted) asked.value = { state: 'failed', error };
      },
    );
    return () => {
      wanted = false;
    };
  };
  useEffect(run, [...keys]);
  return { asked, again: () => void run() };
}
