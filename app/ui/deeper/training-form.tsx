// The frame of a form of settings: what matters first, the rest to be opened, and a button that starts a training or
// leads to what is wrong.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { more } from '../../text/more.ts';
import { Button } from '../parts/button.tsx';

export function TrainingForm({
  children,
  further,
  wrong,
  disabled,
  start,
  onStart,
}: {
  readonly children: ComponentChildren;
  /** Settings that few change. */
  readonly further: ComponentChildren;
  /** Whether a setting is not as it may be, and whether one of the further ones is. */
  readonly wrong: { readonly any: boolean; readonly further: boolean };
  /** Why it cannot begin now; null: it can. */
  readonly disabled: string | null;
  /** What the button says. */
  readonly start: string;
  /** Not called while a setting is wrong. */
  readonly onStart: () => void;
}) {
  const [opened, setOpened] = useState(false);
  return (
    <form
      class="deeper-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (disabled !== null) return;
        if (!wrong.any) return onStart();
        if (wrong.further) setOpened(true);
        const form = event.currentTarget;
        requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      }}
    >
      {children}
      <details open={opened} onToggle={(event) => setOpened(event.currentTarget.open)}>
        <summary>{more.value.deeper.form.more}</summary>
        <div class="deeper-fields">{further}</div>
      </details>
      {disabled !== null && <p class="note">{disabled}</p>}
      <Button type="submit" kind="primary" icon="play" disabled={disabled !== null}>
        {start}
      </Button>
    </form>
  );
}
