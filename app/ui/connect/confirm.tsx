// Asks before something that cannot be taken back.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { text } from '../../text/text.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { showFailure } from '../toasts.ts';

export function Confirm({
  title,
  children,
  action,
  onConfirm,
  onClose,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
  /** What the button that does it says. */
  readonly action: string;
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
}) {
  const busy = useSignal(false);
  async function confirm(): Promise<void> {
    busy.value = true;
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      showFailure(error);
      busy.value = false;
    }
  }
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <div class="actions">
        <Button kind="danger" disabled={busy.value} onClick={confirm}>
          {action}
        </Button>
        <Button onClick={onClose}>{text.value.common.cancel}</Button>
      </div>
    </Dialog>
  );
}
