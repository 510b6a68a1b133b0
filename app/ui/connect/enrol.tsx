// Connects this device: as the first of its owner, or by a code that another device shows.
import { useSignal } from '@preact/signals';
import { ApiError } from '../../../src/client/client.ts';
import { useApp } from '../../app.ts';
import { text } from '../../text/text.ts';
import { Button } from '../parts/button.tsx';
import { go } from '../router.ts';
import { showFailure, showToast } from '../toasts.ts';

export function Enrol({ link }: { readonly link: string | null }) {
  const { sync } = useApp();
  const words = text.value.connect.enrol;
  const name = useSignal(sync.connection.value?.name ?? words.defaultName);
  const invite = useSignal('');
  const code = useSignal(link ?? '');
  const wantsInvite = useSignal(false);
  const busy = useSignal(false);

  async function enrol(body: { readonly invite?: string; readonly link?: string }): Promise<void> {
    busy.value = true;
    try {
      await sync.enrol({ name: name.value.trim() || words.defaultName, ...body });
      showToast(words.connected);
      go({ screen: 'connect', link: null }, { replace: true });
    } catch (error) {
      if (error instanceof ApiError && error.code === 'enrolment_closed') wantsInvite.value = true;
      showFailure(error);
    } finally {
      busy.value = false;
    }
  }

  const nameField = (
    <label class="field">
      <span>{words.name}</span>
      <input
        value={name.value}
        maxLength={100}
        onInput={({ currentTarget }) => {
          name.value = currentTarget.value;
        }}
      />
    </label>
  );
  const asNew = (
    <form
      class="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        void enrol(invite.value === '' ? {} : { invite: invite.value.trim() });
      }}
    >
      <h2>{words.title}</h2>
      {nameField}
      {wantsInvite.value && (
        <label class="field">
          <span>{words.invite}</span>
          <input
            value={invite.value}
            autocomplete="off"
            required
            onInput={({ currentTarget }) => {
              invite.value = currentTarget.value;
            }}
          />
          <small class="note">{words.inviteHint}</small>
        </label>
      )}
      <div class="actions">
        <Button kind="primary" type="submit" disabled={busy.value}>
          {words.action}
        </Button>
      </div>
    </form>
  );
  const byCode = (
    <form
      class="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        void enrol({ link: code.value.trim() });
      }}
    >
      <h2>{words.joinTitle}</h2>
      <p class="note">{words.joinHint}</p>
      {link !== null && nameField}
      <label class="field">
        <span>{words.code}</span>
        <input
          value={code.value}
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          maxLength={64}
          required
          onInput={({ currentTarget }) => {
            code.value = currentTarget.value;
          }}
        />
      </label>
      <div class="actions">
        <Button kind={link === null ? 'plain' : 'primary'} type="submit" disabled={busy.value}>
          {words.join}
        </Button>
      </div>
    </form>
  );
  return link === null ? (
    <>
      {asNew}
      {byCode}
    </>
  ) : (
    byCode
  );
}
