// A code by which one more device joins: as a QR code and as text, with the time it has left.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Link } from '../../../src/contract/api.ts';
import { useApp } from '../../app.ts';
import { failureText } from '../../text/failure-text.ts';
import { more } from '../../text/more.ts';
import { text } from '../../text/text.ts';
import { copyText } from '../copy-text.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { QrCode } from '../parts/qr-code.tsx';
import { hrefOf } from '../router.ts';
import { showToast } from '../toasts.ts';
import { formatLeft } from './when.ts';

/** How often it is looked whether somebody has joined, ms. */
const LOOK_MS = 4_000;

export function LinkDialog({ onClose }: { readonly onClose: () => void }) {
  const { sync } = useApp();
  const words = more.value.connect.link;
  const link = useSignal<Link | null>(null);
  const left = useSignal(0);
  const error = useSignal<unknown>(null);

  async function make(): Promise<void> {
    link.value = null;
    error.value = null;
    try {
      const made = await sync.client().links.create();
      left.value = Date.parse(made.expiresAt) - Date.now();
      link.value = made;
    } catch (reason) {
      error.value = reason;
    }
  }

  useEffect(() => {
    void make();
    const clock = setInterval(() => {
      if (link.value !== null) left.value = Date.parse(link.value.expiresAt) - Date.now();
    }, 1000);
    let known: ReadonlySet<string> | null = null;
    const look = async () => {
      const devices = await sync.client().devices.list();
      const joined = devices.find(({ id }) => known !== null && !known.has(id));
      known ??= new Set(devices.map(({ id }) => id));
      if (joined === undefined) return;
      showToast(words.joined(joined.name));
      onClose();
    };
    const looking = setInterval(() => void look().catch(() => {}), LOOK_MS);
    void look().catch(() => {});
    return () => {
      clearInterval(clock);
      clearInterval(looking);
    };
  }, []);

  const code = link.value?.link ?? null;
  const expired = code !== null && left.value <= 0;
  return (
    <Dialog title={words.title} onClose={onClose}>
      {error.value !== null && (
        <div class="failure-note" role="alert">
          <p>
            <strong>{failureText(error.value).title}.</strong> {failureText(error.value).detail}
          </p>
          <Button onClick={make}>{text.value.common.retry}</Button>
        </div>
      )}
      {code === null && error.value === null && <p class="note">{more.value.connect.loading}</p>}
      {expired && (
        <>
          <p role="status">{words.expired}</p>
          <div class="actions">
            <Button kind="primary" onClick={make}>
              {words.another}
            </Button>
          </div>
        </>
      )}
      {code !== null && !expired && (
        <>
          <p>{words.scan}</p>
          <QrCode
            value={`${location.origin}/${hrefOf({ screen: 'connect', link: code })}`}
            label={words.qr}
          />
          <p class="link-code">
            <code>{code}</code>
            <IconButton icon="copy" label={words.copy} onClick={() => copyText(code)} />
          </p>
          <p class="note link-left" role="timer">
            {words.left(formatLeft(left.value))}
          </p>
        </>
      )}
    </Dialog>
  );
}
