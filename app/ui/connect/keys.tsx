// Keys for programs: which there are, making one, revoking one. A key is shown once.
import { useSignal } from '@preact/signals';
import type { KeySummary } from '../../../src/contract/api.ts';
import { useApp } from '../../app.ts';
import { language, text } from '../../text/text.ts';
import { copyText } from '../copy-text.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { showFailure, showToast } from '../toasts.ts';
import { AskedSection, whenOf } from './asked-section.tsx';
import { useAsked } from './use-asked.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const EXPIRIES = { day: DAY_MS, month: 30 * DAY_MS, always: null } as const;
type Expiry = keyof typeof EXPIRIES;

export function Keys() {
  const { sync } = useApp();
  const { asked, again } = useAsked(() => sync.client().keys.list(), [sync.connection.value?.token]);
  const making = useSignal(false);
  const revoking = useSignal<KeySummary | null>(null);
  const words = text.value.connect.keys;

  const revoke = ({ id }: KeySummary) => {
    revoking.value = null;
    return sync
      .client()
      .keys.revoke(id)
      .then(() => {
        showToast(words.revoked);
        again();
      }, showFailure);
  };

  return (
    <>
      <AskedSection
        {...{ title: words.title, asked, again }}
        actions={
          <div class="actions">
            <Button
              icon="plus"
              onClick={() => {
                making.value = true;
              }}
            >
              {words.make}
            </Button>
          </div>
        }
      >
        {(keys) =>
          keys.length === 0 ? (
            <p>{words.none}</p>
          ) : (
            <ul class="rows">
              {keys.map((key) => (
                <li key={key.id}>
                  <span>
                    <strong>{key.name}</strong>
                    <span class="note">{describe(key)}</span>
                  </span>
                  <IconButton
                    icon="trash"
                    label={words.revoke(key.name)}
                    onClick={() => {
                      revoking.value = key;
                    }}
                  />
                </li>
              ))}
            </ul>
          )
        }
      </AskedSection>
      {making.value && (
        <MakeKey
          onClose={() => {
            making.value = false;
            again();
          }}
        />
      )}
      {revoking.value !== null && (
        <Dialog
          title={words.revokeTitle}
          onClose={() => {
            revoking.value = null;
          }}
        >
          <p>
            <strong>{revoking.value.name}</strong>: {words.revokeDetail}
          </p>
          <div class="actions">
            <Button kind="danger" onClick={() => revoking.value && void revoke(revoking.value)}>
              {words.revoke(revoking.value.name)}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function describe({ head, scopes, lastUsedAt, expiresAt }: KeySummary): string {
  const words = text.value.connect.keys;
  const { value: to } = language;
  return [
    head ?? words.all,
    scopes.join(', '),
    lastUsedAt === null ? words.never : words.used(whenOf(lastUsedAt, to)),
    ...(expiresAt === null ? [] : [words.until(whenOf(expiresAt, to))]),
  ].join(' · ');
}

function MakeKey({ onClose }: { readonly onClose: () => void }) {
  const { sync } = useApp();
  const words = text.value.connect.keys;
  const name = useSignal('');
  const head = useSignal('');
  const expiry = useSignal<Expiry>('always');
  const reads = useSignal(false);
  const token = useSignal<string | null>(null);
  const heads = [...sync.heads.value.values()];

  async function make(): Promise<void> {
    const ms = EXPIRIES[expiry.value];
    const made = await sync.client().keys.create({
      name: name.value.trim(),
      scopes: reads.value ? ['predict', 'heads:read'] : ['predict'],
      head: head.value === '' ? null : head.value,
      expiresAt: ms === null ? null : new Date(Date.now() + ms).toISOString(),
    });
    token.value = made.token;
  }

  return (
    <Dialog title={words.make} onClose={onClose}>
      {token.value !== null ? (
        <div class="caution stack">
          <p>{words.made}</p>
          <code>{token.value}</code>
          <div class="actions">
            <Button icon="copy" onClick={() => void copyText(token.value ?? '')}>
              {text.value.common.copy}
            </Button>
          </div>
        </div>
      ) : (
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            make().catch(showFailure);
          }}
        >
          <label class="field">
            <span>{words.name}</span>
            <input
              value={name.value}
              required
              maxLength={100}
              onInput={({ currentTarget }) => {
                name.value = currentTarget.value;
              }}
            />
          </label>
          <label class="field">
            <span>{words.head}</span>
            <select
              value={head.value}
              onChange={({ currentTarget }) => {
                head.value = currentTarget.value;
              }}
            >
              <option value="">{words.all}</option>
              {heads.map((record) => (
                <option key={record.head} value={record.head}>
                  {record.title}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>{words.expiry}</span>
            <select
              value={expiry.value}
              onChange={({ currentTarget }) => {
                const { value } = currentTarget;
                expiry.value = value === 'day' || value === 'month' ? value : 'always';
              }}
            >
              {(['always', 'month', 'day'] as const).map((one) => (
                <option key={one} value={one}>
                  {words.expiries[one]}
                </option>
              ))}
            </select>
          </label>
          <label class="tick">
            <input
              type="checkbox"
              checked={reads.value}
              onChange={({ currentTarget }) => {
                reads.value = currentTarget.checked;
              }}
            />
            <span>{words.scope}</span>
          </label>
          <div class="actions">
            <Button kind="primary" type="submit">
              {words.make}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
