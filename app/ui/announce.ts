// What screen readers are told of things that happen without the focus moving. One region for the whole page.
import { signal } from '@preact/signals';

/** Shown in the page's one `role="status"` element. */
export const announcement = signal('');

/** Says `words` to those who listen; the same words twice are said twice. */
export function announce(words: string): void {
  announcement.value = words === announcement.value ? `${words}\u00a0` : words;
}
