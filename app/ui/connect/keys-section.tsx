// The keys that programs show: what each is good for, one more, and their ends.
import { useSignal } from '@preact/signals';
import type { HeadSummary, KeySummary } from '../../../src/contract/api.ts';
import { useApp } from '../../app.ts';
import { more } from '../../text/more.ts';
import { Button } from '../parts/button.tsx';
import { showToast } from '../toasts.ts';
import { Confirm } from './confirm.tsx';
import { KeyDialog } from './key-dialog.tsx';
import { Loaded, useRemote } from './remote.tsx';
import { formatWhen } from './when.ts';

export function KeysSection({ heads }: { readonly heads: readonly HeadSummary[] }) {
  const { sync } = useApp();
  const words = more.value.connect.keys;
  const keys = useRemote((client) => client.keys.list());
  const asked = useSignal<KeySummary | 'make' | null>(null);
  const close = () => {
    asked.value = null;
  };
  const now = asked.value;
  return (
    <section class="card stack" aria-labelledby="connect-keys">
      <h2 id="connect-keys">{words.title}</h2>
      <p>{words.intro}</p>
      <Loaded remote={keys}>
        {(list) =>
          list.length === 0 ? (
            <p class="note">{words.none}</p>
          ) : (
            <ul class="rows">
              {list.map((key) => (
                <li key={key.id} class="row">
                  <div>
                    <strong>{key.name}</strong>
                    <p class="note">{goodFor(key, heads)}</p>
                  </div>
                  <Button
                    kind="danger"
                    aria-label={`${words.revoke}: ${key.name}`}
                    onClick={() => {
                      asked.value = key;
                    }}
                  >
                    {words.revoke}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <div class="actions">
        <Button
          icon="plus"
          onClick={() => {
            asked.value = 'make';
          }}
        >
          {words.make}
        </Button>
      </div>
      {now === 'make' && <KeyDialog heads={heads} onMade={() => void keys.reload()} onClose={close} />}
      {now !== null && now !== 'make' && (
        <Confirm
          title={words.revokeTitle(now.name)}
          action={words.revoke}
          onClose={close}
          onConfirm={async () => {
            await sync.client().keys.revoke(now.id);
            await keys.reload();
            showToast(words.revoked(now.name));
          }}
        >
          <p>{words.revokeDetail}</p>
        </Confirm>
      )}
    </section>
  );
}

function goodFor(key: KeySummary, heads: readonly HeadSummary[]): string {
  const words = more.value.connect.keys;
  const head = heads.find(({ id }) => id === key.head);
  const which =
    key.head === null ? words.allHeads : head === undefined ? words.goneHead : words.oneHead(head.title);
  const parts = [`${words.head} ${which}`];
  if (key.scopes.includes('heads:read')) parts.push(words.reads);
  if (key.expiresAt !== null) {
    const over = Date.parse(key.expiresAt) <= Date.now();
    parts.push((over ? words.expired : words.until)(formatWhen(key.expiresAt)));
  }
  parts.push(key.lastUsedAt === null ? words.unused : words.used(formatWhen(key.lastUsedAt)));
  return parts.join(' · ');
}
