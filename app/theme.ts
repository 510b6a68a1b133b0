// Light, dark, or as the device has it. Set as soon as the script runs, from what this browser remembers.
import { signal } from '@preact/signals';
import type { Storage } from './storage/storage.ts';

export type Theme = 'system' | 'light' | 'dark';

/** localStorage, because IndexedDB answers after the first paint; the truth is in the settings. */
const REMEMBERED = 'topwork-theme';

export const theme = signal<Theme>('system');

/** Applies what is remembered, at once. */
export function startTheme(): void {
  apply(themeOf(remembered()));
}

/** Applies a theme and keeps it. */
export async function setTheme(to: Theme, storage: Pick<Storage, 'setSetting'>): Promise<void> {
  apply(to);
  try {
    localStorage.setItem(REMEMBERED, to);
  } catch {
    // A browser that keeps nothing shows the other theme for a moment at the next start.
  }
  await storage.setSetting('theme', to === 'system' ? null : to);
}

function apply(to: Theme): void {
  theme.value = to;
  const root = document.documentElement;
  if (to === 'system') delete root.dataset.theme;
  else root.dataset.theme = to;
}

function remembered(): string | null {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}

function themeOf(value: string | null): Theme {
  return value === 'light' || value === 'dark' ? value : 'system';
}
