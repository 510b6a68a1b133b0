// The project's head at the server: whether it is kept there, how that stands, and how programs ask it.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../../app.ts';
import { formatBytes } from '../../format.ts';
import type { OpenProject } from '../../project/open-project.ts';
import type { SyncRecord } from '../../storage/schema.ts';
import type { SyncState } from '../../sync/sync.ts';
import { failureText } from '../../text/failure-text.ts';
import { language, text } from '../../text/text.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { EndpointCard } from '../parts/endpoint-card.tsx';
import { hrefOf } from '../router.ts';
import { showFailure } from '../toasts.ts';
import { ConflictCard } from './conflict-card.tsx';

export function ServerSection({ open }: { readonly open: OpenProject }) {
  const { sync } = useApp();
  const words = text.value.keep.server;
  const connection = sync.connection.value;
  const refused = sync.state.value.state === 'refused' || connection?.valid === false;
  return (
    <section class="card" aria-labelledby="keep-server">
      <h2 id="keep-server">{words.title}</h2>
      <p>{words.intro}</p>
      {connection === null || refused ? (
        <>
          <p class={refused ? 'caution' : 'note'}>{refused ? words.refused : words.notConnected}</p>
          <div class="actions">
            <a class="button" href={hrefOf({ screen: 'connect', link: null })}>
              {refused ? words.connectAgain : words.connect}
            </a>
          </div>
        </>
      ) : (
        <Connected open={open} origin={connection.origin} />
      )}
    </section>
  );
}

function Connected({ open, origin }: { readonly open: OpenProject; readonly origin: string }) {
  const { sync } = useApp();
  const words = text.value.keep.server;
  const { id, title } = open.project.value;
  const record = sync.heads.value.get(id) ?? null;
  const busy = useSignal(false);
  const stopping = useSignal(false);
  const hasHead = open.kept.value !== null || open.learning.value.live !== null;

  async function run(work: () => Promise<void>): Promise<void> {
    busy.value = true;
    try {
      await work();
    } catch (error) {
      showFailure(error);
    } finally {
      busy.value = false;
    }
  }
  const stop = (alsoThere: boolean) => {
    stopping.value = false;
    return run(() => sync.disable(id, { alsoThere }));
  };

  return (
    <>
      <label class="switch">
        <input
          type="checkbox"
          role="switch"
          checked={record !== null}
          aria-checked={record !== null}
          disabled={busy.value}
          onChange={(event) => {
            // It moves when it is done.
            event.currentTarget.checked = record !== null;
            if (record === null) void run(() => sync.enable(id));
            else stopping.value = true;
          }}
        />
        <span>{words.switch}</span>
      </label>
      {record !== null &&
        (record.conflict !== null ? (
          <ConflictCard
            record={record}
            busy={busy.value}
            onChoose={(keep) => run(() => sync.resolve(id, keep))}
          />
        ) : (
          <div class="sync-line">
            <Standing record={record} hasHead={hasHead} />
            <Button disabled={busy.value} onClick={() => run(() => sync.syncNow())}>
              {words.now}
            </Button>
          </div>
        ))}
      {record !== null && <SentLine open={open} />}
      {record !== null && record.state.base !== null && (
        <EndpointCard
          origin={origin}
          head={record.head}
          makeKey={async () => {
            const name = text.value.endpoint.keyName(title).slice(0, 100);
            const body = { name, scopes: ['predict'], head: record.head } as const;
            return (await sync.client().keys.create(body)).token;
          }}
        />
      )}
      {stopping.value && (
        <Dialog
          title={words.off.title}
          onClose={() => {
            stopping.value = false;
          }}
        >
          <p>{words.off.intro}</p>
          <div class="choices">
            <Button onClick={() => stop(false)}>{words.off.here}</Button>
            <Button kind="danger" icon="trash" onClick={() => stop(true)}>
              {words.off.there}
            </Button>
            <p class="note">{words.off.thereNote}</p>
          </div>
        </Dialog>
      )}
    </>
  );
}

function Standing({ record, hasHead }: { readonly record: SyncRecord; readonly hasHead: boolean }) {
  const { sync } = useApp();
  const problem = sync.problems.value.get(record.project);
  if (problem === undefined)
    return <p>{hasHead ? statusOf(record, sync.state.value) : text.value.keep.server.noHead}</p>;
  const { title, detail } = failureText(problem);
  return (
    <p class="failure-note">
      <strong>{title}.</strong> {detail}
    </p>
  );
}

function statusOf({ state, syncedAt }: SyncRecord, { state: doing }: SyncState): string {
  const words = text.value.keep.server.status;
  if (doing === 'syncing') return words.syncing;
  if (state.local === state.base && syncedAt !== null) return words.synced(formatTime(syncedAt));
  return doing === 'waiting' ? words.offline : words.pending;
}

function formatTime(ms: number): string {
  const today = new Date(ms).toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(language.value, {
    timeStyle: 'short',
    ...(today ? {} : { dateStyle: 'medium' }),
  }).format(ms);
}

/** More lines than these are not added up; more than a project makes in months. */
const SENT_LINES = 1_000;

function SentLine({ open }: { readonly open: OpenProject }) {
  const { storage, sync } = useApp();
  const words = text.value.keep.server;
  const sent = useSignal<number | null>(null);
  const { id } = open.project.value;
  // Counted again when more was sent.
  const all = sync.sentBytes.value;
  useEffect(() => {
    let wanted = true;
    void storage.sent(SENT_LINES).then((lines) => {
      const bytes = lines.filter(({ project }) => project === id).reduce((sum, line) => sum + line.bytes, 0);
      if (wanted) sent.value = bytes;
    });
    return () => {
      wanted = false;
    };
  }, [all, id]);
  if (sent.value === null) return null;
  return <p class="note">{sent.value === 0 ? words.sentNothing : words.sent(formatBytes(sent.value))}</p>;
}
