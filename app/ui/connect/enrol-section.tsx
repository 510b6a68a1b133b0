// Connecting this device: what that does, its name, and the invitation or the code where one is needed.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiError } from '../../../src/client/client.ts';
import { useApp } from '../../app.ts';
import { formatBytes } from '../../format.ts';
import { reportFailure } from '../../text/failure-text.ts';
import { more } from '../../text/more.ts';
import { announce } from '../announce.ts';
import { Button } from '../parts/button.tsx';
import { go } from '../router.ts';
import { showToast } from '../toasts.ts';

export function EnrolSection({ link, again }: { readonly link: string | null; readonly again: boolean }) {
  const { sync } = useApp();
  const words = more.value.connect.enrol;
  const name = useSignal(sync.connection.value?.name ?? words.names[kindOfDevice()]);
  const code = useSignal(link);
  const invite = useSignal<string | null>(null);
  const busy = useSignal(false);
  const failure = useSignal<string | null>(null);

  async function connect(): Promise<void> {
    busy.value = true;
    failure.value = null;
    try {
      await sync.enrol({
        name: name.value.trim() || words.names[kindOfDevice()],
        ...(code.value !== null && { link: code.value.trim() }),
        ...(code.value === null && invite.value !== null && { invite: invite.value.trim() }),
      });
      showToast(words.connected);
      go({ screen: 'connect', link: null }, { replace: true });
    } catch (error) {
      const closed = error instanceof ApiError && error.code === 'enrolment_closed';
      const { title, detail } = reportFailure(error);
      failure.value = closed && invite.value !== null ? words.inviteWrong : `${title}. ${detail}`;
      if (closed && invite.value === null) {
        failure.value = null;
        announce(words.inviteWhy);
      }
      if (closed) invite.value ??= '';
      busy.value = false;
    }
  }

  return (
    <section class="card stack" aria-labelledby="connect-enrol">
      <h2 id="connect-enrol">{again ? words.refusedTitle : words.title}</h2>
      {again ? (
        <p class="caution">{words.refused}</p>
      ) : (
        <ul class="plain-list">
          {words.what.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <HeadSize />
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void connect();
        }}
      >
        <Field label={words.name} value={name.value} onInput={(value) => (name.value = value)} />
        {code.value !== null && (
          <Field
            label={words.link}
            note={words.linkWhy}
            value={code.value}
            code
            onInput={(value) => (code.value = value)}
          />
        )}
        {code.value === null && invite.value !== null && (
          <Field
            label={words.invite}
            note={words.inviteWhy}
            value={invite.value}
            code
            onInput={(value) => (invite.value = value)}
          />
        )}
        {failure.value !== null && (
          <p class="failure-note" role="alert">
            {failure.value}
          </p>
        )}
        <div class="actions">
          <Button kind="primary" type="submit" disabled={busy.value}>
            {busy.value ? words.connecting : code.value === null ? words.connect : words.join}
          </Button>
          <Button
            kind="quiet"
            onClick={() => {
              code.value = code.value === null ? '' : null;
              failure.value = null;
            }}
          >
            {code.value === null ? words.haveCode : words.noCode}
          </Button>
        </div>
      </form>
    </section>
  );
}

function Field({
  label,
  note,
  value,
  code = false,
  onInput,
}: {
  readonly label: string;
  readonly note?: string;
  readonly value: string;
  /** It is copied or typed as it is, and not language. */
  readonly code?: boolean;
  readonly onInput: (value: string) => void;
}) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        value={value}
        required
        maxLength={code ? 512 : 100}
        autoComplete="off"
        spellcheck={!code}
        {...(code && { autocapitalize: 'none' })}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
      {note !== undefined && <small class="note">{note}</small>}
    </label>
  );
}

/** How much the largest head of a project here has: what would be sent. */
function HeadSize() {
  const { storage } = useApp();
  const size = useSignal(0);
  useEffect(() => {
    void (async () => {
      const projects = await storage.projects();
      const heads = await Promise.all(projects.map(({ project }) => storage.answeringHead(project.id)));
      size.value = Math.max(0, ...heads.map((head) => head?.data.byteLength ?? 0));
    })().catch(() => {});
  }, [storage]);
  if (size.value === 0) return null;
  return <p class="note">{more.value.connect.enrol.headSize(formatBytes(size.value))}</p>;
}

function kindOfDevice(): 'phone' | 'tablet' | 'computer' {
  const { userAgent } = navigator;
  if (/iPad|Tablet/.test(userAgent)) return 'tablet';
  if (/iPhone|Mobile/.test(userAgent)) return 'phone';
  return /Android/.test(userAgent) ? 'tablet' : 'computer';
}
