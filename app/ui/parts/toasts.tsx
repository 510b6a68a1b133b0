// Shows the toasts (../toasts.ts). Notes leave after a while, unless they can be acted on or the pointer is on them.
import { useEffect } from 'preact/hooks';
import { text } from '../../text/text.ts';
import { closeToast, type Toast, toasts } from '../toasts.ts';
import { Button, IconButton } from './button.tsx';

const NOTE_MS = 4_000;
const ACTION_MS = 10_000;

export function Toasts() {
  return (
    <section class="toasts" aria-label={text.value.common.messages}>
      {toasts.value.map((toast) => (
        <ToastView key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

function ToastView({ toast }: { readonly toast: Toast }) {
  const { id, words, kind, action } = toast;
  useEffect(() => {
    if (kind === 'failure') return;
    const timer = setTimeout(() => closeToast(id), action === null ? NOTE_MS : ACTION_MS);
    return () => clearTimeout(timer);
  }, [id, kind, action]);
  return (
    <div class={`toast ${kind}`}>
      <p>{words}</p>
      {action && (
        <Button
          kind="quiet"
          onClick={() => {
            closeToast(id);
            action.run();
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton icon="close" label={text.value.common.close} onClick={() => closeToast(id)} />
    </div>
  );
}
