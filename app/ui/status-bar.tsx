// One thin line about what goes on for the whole app: the model on its way, or a new version that waits.
import { useSignal, useSignalEffect } from '@preact/signals';
import { useApp } from '../app.ts';
import { formatBytes } from '../format.ts';
import { failureText } from '../text/failure-text.ts';
import { text } from '../text/text.ts';
import { announce } from './announce.ts';
import { Button } from './parts/button.tsx';
import { Progress } from './parts/progress.tsx';
import { showToast } from './toasts.ts';

export function StatusBar() {
  const { trainer, pwa } = useApp();
  const later = useSignal(false);
  useSignalEffect(() => {
    // Once in a tab's life: at a later look it is no news.
    if (pwa.offline.value !== 'ready' || sessionStorage.getItem('offline-ready') !== null) return;
    sessionStorage.setItem('offline-ready', 'said');
    showToast(text.peek().shell.offlineReady);
  });
  const words = text.value.shell;
  const status = trainer.status.value;
  if (pwa.update.value && !later.value)
    return (
      <aside class="status-bar">
        <p>{words.updateReady}</p>
        <Button kind="primary" onClick={() => void pwa.applyUpdate()}>
          {words.updateNow}
        </Button>
        <Button
          kind="quiet"
          onClick={() => {
            later.value = true;
          }}
        >
          {words.later}
        </Button>
      </aside>
    );
  switch (status.state) {
    case 'downloading':
      return (
        <aside class="status-bar passing">
          <Progress
            label={words.downloading(formatBytes(status.done), formatBytes(status.of))}
            done={status.done}
            of={status.of}
          />
        </aside>
      );
    case 'failed': {
      const { title, detail } = navigator.onLine ? failureText(status.error) : words.paused;
      return (
        <div class="status-bar caution" role="status">
          <p>
            <strong>{title}.</strong> {detail}
          </p>
          <Button
            onClick={() => {
              announce(words.starting);
              void trainer.start().catch(() => {});
            }}
          >
            {text.value.common.retry}
          </Button>
        </div>
      );
    }
    default:
      return null;
  }
}
