// A card whose content comes from the server: what there is, that it is being asked, or why there is nothing.
import type { ReadonlySignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { failureText } from '../../text/failure-text.ts';
import { text } from '../../text/text.ts';
import { Button } from '../parts/button.tsx';
import type { Asked } from './use-asked.ts';

export function AskedSection<T>({
  title,
  asked,
  again,
  children,
  actions,
}: {
  readonly title: string;
  readonly asked: ReadonlySignal<Asked<T>>;
  readonly again: () => void;
  readonly children: (value: T) => ComponentChildren;
  readonly actions?: ComponentChildren;
}) {
  const id = useId();
  const now = asked.value;
  return (
    <section class="card stack" aria-labelledby={id} aria-busy={now.state === 'asking'}>
      <h2 id={id}>{title}</h2>
      {now.state === 'asking' && <p class="note">{text.value.connect.loading}</p>}
      {now.state === 'there' && children(now.value)}
      {now.state === 'failed' && (
        <div class="caution stack">
          <p>
            <strong>{failureText(now.error).title}</strong> {failureText(now.error).detail}
          </p>
          <div class="actions">
            <Button onClick={again}>{text.value.common.retry}</Button>
          </div>
        </div>
      )}
      {actions}
    </section>
  );
}

/** A time as people read it. */
export function whenOf(iso: string | number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));
}
