// Short messages at the edge of the screen, most of them with one thing to do, such as undo.
import { signal } from '@preact/signals';
import { reportFailure } from '../text/failure-text.ts';
import { announce } from './announce.ts';

export interface Toast {
  readonly id: number;
  readonly words: string;
  readonly kind: 'note' | 'failure';
  readonly action: { readonly label: string; readonly run: () => void } | null;
}

export const toasts = signal<readonly Toast[]>([]);
let last = 0;

/** Shows a message until it is closed; notes without an action leave by themselves (parts/toasts.tsx). */
export function showToast(
  words: string,
  { kind = 'note', action = null }: Partial<Pick<Toast, 'kind' | 'action'>> = {},
): void {
  last++;
  toasts.value = [...toasts.value.slice(-2), { id: last, words, kind, action }];
  announce(words);
}

export function closeToast(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Says in words what went wrong, and tells the console the rest. */
export function showFailure(error: unknown): void {
  const { title, detail } = reportFailure(error);
  showToast(`${title}. ${detail}`, { kind: 'failure' });
}
