// The way back from a screen that lies behind a tab.
import type { ComponentChildren } from 'preact';
import { Icon } from './icon.tsx';

export function BackLink({ to, children }: { readonly to: string; readonly children: ComponentChildren }) {
  return (
    <a class="back-link" href={to}>
      <Icon name="back" />
      {children}
    </a>
  );
}
