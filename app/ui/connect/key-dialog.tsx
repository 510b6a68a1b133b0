// Makes a key, and shows it this once.
import { useSignal } from '@preact/signals';
import type { HeadSummary } from '../../../src/contract/api.ts';
import { useApp } from '../../app.ts';
import { more } from '../../text/more.ts';
import { text } from '../../text/text.ts';
import { announce } from '../announce.ts';
import { copyText } from '../copy-text.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { showFailure } from '../toasts.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Days; null: for ever. */
const EXPIRIES = { never: null, month: 30, quarter: 90, year: 365 } as const;
type Expiry = keyof typeof EXPIRIES;
const EXPIRY_NAMES = ['never', 'month', 'quarter', 'year'] as const satisfies readonly Expiry[];

export function KeyDialog({
  heads,
  onMade,
  onClose,
}: {
  readonly heads: readonly HeadSummary[];
  readonly onMade: () => void;
  readonly onClose: () => void;
}) {
  const { sync } = useApp();
  const words = more.value.connect.keys;
  const name = useSignal('');
  const head = useSignal<HeadSummary | null>(null);
  const reads = useSignal(false);
  const expiry = useSignal<Expiry>('never');
  const busy = useSignal(false);
  const token = useSignal<string | null>(null);

  async function make(): Promise<void> {
    busy.value = true;
    const days = EXPIRIES[expiry.value];
    try {
      const made = await sync.client().keys.create({
        name: name.value.trim(),
        scopes: reads.value ? ['predict', 'heads:read'] : ['predict'],
        head: head.value?.id ?? null,
        expiresAt: days === null ? null : new Date(Date.now() + days * DAY_MS).toISOString(),
      });
      token.value = made.token;
      announce(words.made);
      onMade();
    } catch (error) {
      showFailure(error);
    } finally {
      busy.value = false;
    }
  }

  const made = token.value;
  if (made !== null)
    return (
      <Dialog title={name.value} onClose={onClose}>
        <p>{words.once}</p>
        <p class="link-code">
          <code>{made}</code>
          <IconButton icon="copy" label={words.copy} onClick={() => copyText(made)} />
        </p>
        <div class="actions">
          <Button kind="primary" onClick={onClose}>
            {text.value.common.done}
          </Button>
        </div>
      </Dialog>
    );
  return (
    <Dialog title={words.make} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <label class="field">
          <span>{words.name}</span>
          <input
            value={name.value}
            required
            maxLength={100}
            autoComplete="off"
            placeholder={words.nameExample}
            onInput={({ currentTarget }) => {
              name.value = currentTarget.value;
            }}
          />
        </label>
        <label class="field">
          <span>{words.head}</span>
          <select
            value={head.value?.id ?? ''}
            onChange={({ currentTarget }) => {
              head.value = heads.find(({ id }) => id === currentTarget.value) ?? null;
            }}
          >
            <option value="">{words.allHeads}</option>
            {heads.map(({ id, title }) => (
              <option key={id} value={id}>
                {words.oneHead(title)}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{words.expiry}</span>
          <select
            value={expiry.value}
            onChange={({ currentTarget }) => {
              expiry.value = EXPIRY_NAMES.find((one) => one === currentTarget.value) ?? 'never';
            }}
          >
            {EXPIRY_NAMES.map((one) => (
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
          <span>{words.reads}</span>
        </label>
        <div class="actions">
          <Button kind="primary" type="submit" disabled={busy.value}>
            {words.make}
          </Button>
          <Button onClick={onClose}>{text.value.common.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}
