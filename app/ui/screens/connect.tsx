// Connect: the server this app came from. Connecting, the person's devices, keys for programs, the heads there, and
// everything that was sent.
import { useApp } from '../../app.ts';
import { text } from '../../text/text.ts';
import { Devices } from '../connect/devices.tsx';
import { Enrol } from '../connect/enrol.tsx';
import { Heads } from '../connect/heads.tsx';
import { Keys } from '../connect/keys.tsx';
import { Sent } from '../connect/sent.tsx';
import { Button } from '../parts/button.tsx';
import { showFailure, showToast } from '../toasts.ts';

export function ConnectScreen({ link }: { readonly link: string | null }) {
  const { sync } = useApp();
  const words = text.value.connect;
  const connection = sync.connection.value;
  return (
    <div class="screen connect">
      <h1>{words.title}</h1>
      {connection?.valid === true ? (
        <>
          <section class="card stack">
            <p>
              <strong>{words.me(connection.name)}</strong> <span class="note">{connection.origin}</span>
            </p>
            <p class="note">{words.disconnectDetail}</p>
            <div class="actions">
              <Button
                onClick={() => void sync.disconnect().then(() => showToast(words.disconnected), showFailure)}
              >
                {words.disconnect}
              </Button>
            </div>
          </section>
          <Heads />
          <Keys />
          <Devices />
        </>
      ) : (
        <>
          {connection === null ? <p>{words.intro}</p> : <p class="caution">{words.enrol.again}</p>}
          <Enrol link={link} />
        </>
      )}
      <Sent />
    </div>
  );
}
