// The devices of the owner: this one and the others, one more by a code, and their ends.
import { useSignal } from '@preact/signals';
import type { DeviceSummary } from '../../../src/contract/api.ts';
import { useApp } from '../../app.ts';
import { more } from '../../text/more.ts';
import { Button } from '../parts/button.tsx';
import { showToast } from '../toasts.ts';
import { Confirm } from './confirm.tsx';
import { LinkDialog } from './link-dialog.tsx';
import { Loaded, useRemote } from './remote.tsx';
import { formatWhen } from './when.ts';

export function DevicesSection() {
  const { sync } = useApp();
  const words = more.value.connect.devices;
  const devices = useRemote((client) => client.devices.list());
  const asked = useSignal<DeviceSummary | 'add' | 'disconnect' | null>(null);
  const close = () => {
    asked.value = null;
  };
  const now = asked.value;
  const only = devices.value.value?.length === 1;
  return (
    <section class="card stack" aria-labelledby="connect-devices">
      <h2 id="connect-devices">{words.title}</h2>
      <p>{words.intro}</p>
      <Loaded remote={devices}>
        {(list) => (
          <ul class="rows">
            {list.map((device) => (
              <li key={device.id} class="row">
                <div>
                  <strong>{device.name}</strong>
                  {device.current && <span class="badge">{words.here}</span>}
                  <p class="note">
                    {words.added(formatWhen(device.createdAt))},{' '}
                    {words.lastUsed(formatWhen(device.lastUsedAt))}
                  </p>
                </div>
                {!device.current && (
                  <Button
                    kind="danger"
                    aria-label={`${words.remove}: ${device.name}`}
                    onClick={() => {
                      asked.value = device;
                    }}
                  >
                    {words.remove}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <div class="actions">
        <Button
          icon="plus"
          onClick={() => {
            asked.value = 'add';
          }}
        >
          {words.add}
        </Button>
        <Button
          kind="danger"
          onClick={() => {
            asked.value = 'disconnect';
          }}
        >
          {words.disconnect}
        </Button>
      </div>
      {now === 'add' && (
        <LinkDialog
          onClose={() => {
            close();
            void devices.reload();
          }}
        />
      )}
      {now === 'disconnect' && (
        <Confirm
          title={words.disconnectTitle}
          action={words.disconnect}
          onClose={close}
          onConfirm={async () => {
            await sync.disconnect();
            showToast(words.disconnected);
          }}
        >
          <p>{words.disconnectDetail}</p>
          {only && <p class="caution">{words.disconnectLast}</p>}
        </Confirm>
      )}
      {now !== null && typeof now === 'object' && (
        <Confirm
          title={words.removeTitle(now.name)}
          action={words.remove}
          onClose={close}
          onConfirm={async () => {
            await sync.client().devices.revoke(now.id);
            await devices.reload();
            showToast(words.removed(now.name));
          }}
        >
          <p>{words.removeDetail}</p>
        </Confirm>
      )}
    </section>
  );
}
