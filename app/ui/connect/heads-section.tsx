// The owner's heads at the server: which project each belongs to, how it stands, and what can be done with it.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { HeadSummary } from '../../../src/contract/api.ts';
import { useApp } from '../../app.ts';
import { formatBytes } from '../../format.ts';
import type { ProjectId, SyncRecord } from '../../storage/schema.ts';
import { fetchAsProject } from '../../sync/fetch-head.ts';
import { failureText } from '../../text/failure-text.ts';
import { more } from '../../text/more.ts';
import { text } from '../../text/text.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { go, hrefOf } from '../router.ts';
import { showFailure, showToast } from '../toasts.ts';
import { HeadDialog } from './head-dialog.tsx';
import { Loaded, type Remote } from './remote.tsx';
import { formatWhen } from './when.ts';

export function HeadsSection({ heads }: { readonly heads: Remote<HeadSummary[]> }) {
  const { sync } = useApp();
  const words = more.value.connect.heads;
  const shown = useSignal<HeadSummary['id'] | null>(null);
  // The list is another one after every sync that changed something.
  const records = [...sync.heads.value.values()];
  const marks = records.map(({ head, syncedAt, title }) => [head, syncedAt, title]).join();
  useEffect(() => {
    if (heads.value.peek() !== null) void heads.reload();
  }, [marks]);
  const dialog = heads.value.value?.find(({ id }) => id === shown.value);
  return (
    <section class="card stack" aria-labelledby="connect-heads">
      <h2 id="connect-heads">{words.title}</h2>
      <p>{words.intro}</p>
      <Loaded remote={heads}>
        {(list) =>
          list.length === 0 ? (
            <p class="note">{words.none}</p>
          ) : (
            <ul class="rows">
              {list.map((head) => (
                <HeadRow
                  key={head.id}
                  head={head}
                  record={records.find((one) => one.head === head.id) ?? null}
                  onDetails={() => {
                    shown.value = head.id;
                  }}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
      {dialog && (
        <HeadDialog
          head={dialog}
          onChanged={() => heads.reload()}
          onClose={() => {
            shown.value = null;
          }}
        />
      )}
    </section>
  );
}

function HeadRow({
  head,
  record,
  onDetails,
}: {
  readonly head: HeadSummary;
  readonly record: SyncRecord | null;
  readonly onDetails: () => void;
}) {
  const words = more.value.connect.heads;
  const title = useProjectTitle(record?.project ?? null);
  return (
    <li class="row">
      <div>
        <strong>{head.title}</strong>
        {head.visibility === 'public' && <span class="badge">{words.public}</span>}
        <p class="note">
          {formatBytes(head.bytes)} · {text.value.common.classes(head.labels.length)} ·{' '}
          {formatWhen(head.updatedAt)}
        </p>
        {record === null && <p class="note">{words.nowhere}</p>}
        {record !== null && title.value === null && <p class="note">{words.deletedHere}</p>}
        {record !== null && title.value !== null && title.value !== '' && (
          <p class="note">
            <a href={hrefOf({ screen: 'project', project: record.project, tab: 'keep' })}>
              {words.belongs(title.value)}
            </a>
            {' · '}
            <Standing record={record} />
          </p>
        )}
        {record === null && <FetchButton head={head} />}
      </div>
      <IconButton icon="chevron" label={words.details(head.title)} onClick={onDetails} />
    </li>
  );
}

function Standing({ record }: { readonly record: SyncRecord }) {
  const { sync } = useApp();
  const words = more.value.connect.heads;
  const { state, conflict, syncedAt, project } = record;
  const problem = sync.problems.value.get(project);
  if (problem !== undefined) return <>{failureText(problem).title}</>;
  if (conflict !== null) return <>{words.conflict}</>;
  return (
    <>
      {state.local === state.base && syncedAt !== null ? words.synced(formatWhen(syncedAt)) : words.waiting}
    </>
  );
}

function FetchButton({ head }: { readonly head: HeadSummary }) {
  const { storage, sync } = useApp();
  const words = more.value.connect.heads;
  const busy = useSignal(false);
  async function fetchIt(): Promise<void> {
    busy.value = true;
    try {
      const project = await fetchAsProject({ storage, client: sync.client(), now: Date.now }, head);
      void sync.syncNow();
      showToast(words.fetched(head.title), {
        action: { label: words.open, run: () => go({ screen: 'project', project, tab: 'use' }) },
      });
    } catch (error) {
      showFailure(error);
    } finally {
      busy.value = false;
    }
  }
  return (
    <>
      <div class="actions">
        <Button icon="download" disabled={busy.value} onClick={fetchIt}>
          {words.fetch}
        </Button>
      </div>
      <p class="note">{words.fetchDetail}</p>
    </>
  );
}

/** Empty while it is not known; null: there is no such project. */
function useProjectTitle(id: ProjectId | null) {
  const { storage } = useApp();
  const title = useSignal<string | null>('');
  useEffect(() => {
    if (id === null) return;
    void storage.project(id).then((project) => {
      title.value = project?.title ?? null;
    }, showFailure);
  }, [id]);
  return title;
}
