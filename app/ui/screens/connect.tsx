// The server: connecting this device, and, once it is, everything that is there: devices, keys, heads; and what was sent.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../../app.ts';
import { more } from '../../text/more.ts';
import { text } from '../../text/text.ts';
import { DevicesSection } from '../connect/devices-section.tsx';
import { EdgeSection } from '../connect/edge-section.tsx';
import { EnrolSection } from '../connect/enrol-section.tsx';
import { HeadsSection } from '../connect/heads-section.tsx';
import { KeysSection } from '../connect/keys-section.tsx';
import { useRemote } from '../connect/remote.tsx';
import { SentSection } from '../connect/sent-section.tsx';

export function ConnectScreen({ link }: { readonly link: string | null }) {
  const { sync } = useApp();
  const words = more.value.connect;
  const connection = sync.connection.value;
  return (
    <div class="screen connect">
      <h1>{text.value.shell.titles.connect}</h1>
      <OfflineNote />
      {connection?.valid ? (
        <>
          {link !== null && <p class="caution">{words.enrol.already}</p>}
          <Account key={connection.token} />
        </>
      ) : (
        <>
          {connection === null && <p>{words.intro}</p>}
          <EnrolSection link={link} again={connection !== null} />
        </>
      )}
      <SentSection />
    </div>
  );
}

function Account() {
  const heads = useRemote(async (client) => (await client.heads.list()).filter(({ own }) => own));
  return (
    <>
      <HeadsSection heads={heads} />
      <EdgeSection />
      <KeysSection heads={heads.value.value ?? []} />
      <DevicesSection />
    </>
  );
}

function OfflineNote() {
  const online = useSignal(navigator.onLine);
  useEffect(() => {
    const look = () => {
      online.value = navigator.onLine;
    };
    addEventListener('online', look);
    addEventListener('offline', look);
    return () => {
      removeEventListener('online', look);
      removeEventListener('offline', look);
    };
  }, []);
  return online.value ? null : (
    <p class="caution" role="status">
      {more.value.connect.offline}
    </p>
  );
}
