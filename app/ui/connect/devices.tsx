// The devices of this owner: who they are, removing one, and a code for one more.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Link } from '../../../src/contract/api.ts';
import { useApp } from '../../app.ts';
import { language, text } from '../../text/text.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { QrCode } from '../parts/qr-code.tsx';
import { hrefOf } from '../router.ts';
import { showFailure, showToast } from '../toasts.ts';
import { AskedSection, whenOf } from './asked-section.tsx';
import { useAsked } from './use-asked.ts';

export function Devices() {
  const { sync } = useApp();
  const { asked, again } = useAsked(() => sync.client().devices.list(), [sync.connection.value?.token]);
  const link = useSignal<Link | null>(null);
  const words = text.value.connect.devices;

  const add = () =>
    sync
      .client()
      .links.create()
      .then((made) => {
        link.value = made;
      }, showFailure);
  const revoke = (id: string, name: string) =>
    sync
      .client()
      .devices.revoke(id)
      .then(() => {
        showToast(words.revoked(name));
        again();
      }, showFailure);

  return (
    <>
      <AskedSection
        {...{ title: words.title, asked, again }}
        actions={
          <div class="actions">
            <Button icon="plus" onClick={() => void add()}>
              {words.add}
            </Button>
          </div>
        }
      >
        {(devices) => (
          <ul class="rows">
            {devices.map(({ id, name, lastUsedAt, current }) => (
              <li key={id}>
                <span>
                  <strong>{name}</strong>
                  <span class="note">
                    {current ? words.current : words.lastUsed(whenOf(lastUsedAt, language.value))}
                  </span>
                </span>
                {!current && (
                  <IconButton icon="trash" label={words.revoke(name)} onClick={() => void revoke(id, name)} />
                )}
              </li>
            ))}
          </ul>
        )}
      </AskedSection>
      {link.value !== null && (
        <LinkDialog
          link={link.value}
          onAnother={() => void add()}
          onClose={() => {
            link.value = null;
            again();
          }}
        />
      )}
    </>
  );
}

function LinkDialog({
  link,
  onAnother,
  onClose,
}: {
  readonly link: Link;
  readonly onAnother: () => void;
  readonly onClose: () => void;
}) {
  const left = useSignal(secondsLeft(link));
  const words = text.value.connect.devices;
  useEffect(() => {
    const tick = () => {
      left.value = secondsLeft(link);
    };
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [link, left]);
  const address = `${location.origin}/${hrefOf({ screen: 'connect', link: link.link })}`;
  const expired = left.value === 0;
  return (
    <Dialog title={words.add} onClose={onClose}>
      {expired ? (
        <>
          <p role="status">{words.expired}</p>
          <div class="actions">
            <Button kind="primary" onClick={onAnother}>
              {words.another}
            </Button>
          </div>
        </>
      ) : (
        <>
          <QrCode value={address} label={words.qr} />
          <p>{words.scan}</p>
          <p class="link-code">
            <code>{link.link}</code>
          </p>
          <p class="note" role="timer">
            {words.expires(Math.floor(left.value / 60), String(left.value % 60).padStart(2, '0'))}
          </p>
        </>
      )}
    </Dialog>
  );
}

function secondsLeft({ expiresAt }: Link): number {
  return Math.max(0, Math.round((Date.parse(expiresAt) - Date.now()) / 1000));
}
