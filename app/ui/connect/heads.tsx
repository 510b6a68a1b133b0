// This owner's heads at the server: which project each belongs to, who may ask it, and its history.
import { useSignal } from '@preact/signals';
import type { HeadSummary } from '../../../src/contract/api.ts';
import { useApp } from '../../app.ts';
import { formatBytes } from '../../format.ts';
import { receiveHead } from '../../sync/receive-head.ts';
import { language, text } from '../../text/text.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { go } from '../router.ts';
import { showFailure, showToast } from '../toasts.ts';
import { AskedSection, whenOf } from './asked-section.tsx';
import { useAsked } from './use-asked.ts';

export function Heads() {
  const { sync, storage } = useApp();
  const { asked, again } = useAsked(
    () => sync.client().heads.list(),
    [sync.connection.value?.token, sync.heads.value],
  );
  const shown = useSignal<HeadSummary | null>(null);
  const words = text.value.connect.heads;
  const known = new Map([...sync.heads.value.values()].map((record) => [record.head, record]));

  async function fetchHere(head: HeadSummary): Promise<void> {
    const project = await receiveHead(storage, sync.client(), head);
    showToast(words.fetched(head.title));
    go({ screen: 'project', project, tab: 'use' });
  }
  const publish = (head: HeadSummary, isPublic: boolean) =>
    sync
      .client()
      .heads.patch(head.id, { visibility: isPublic ? 'public' : 'private' })
      .then(again, showFailure);

  return (
    <>
      <AskedSection {...{ title: words.title, asked, again }}>
        {(all) => {
          // The server lists what anyone may use, too.
          const heads = all.filter(({ id, visibility }) => visibility === 'private' || known.has(id));
          if (heads.length === 0) return <p>{words.none}</p>;
          return (
            <ul class="rows">
              {heads.map((head) => {
                const record = known.get(head.id);
                return (
                  <li key={head.id} class="head-row">
                    <span>
                      <strong>{head.title}</strong>
                      <span class="note">
                        {record === undefined ? words.elsewhere : words.here(record.title)} ·{' '}
                        {formatBytes(head.bytes)} · {whenOf(head.updatedAt, language.value)}
                      </span>
                    </span>
                    <div class="actions">
                      {record === undefined && (
                        <Button onClick={() => void fetchHere(head).catch(showFailure)}>{words.fetch}</Button>
                      )}
                      <Button
                        onClick={() => {
                          shown.value = head;
                        }}
                      >
                        {words.details}
                      </Button>
                    </div>
                    <label class="tick">
                      <input
                        type="checkbox"
                        checked={head.visibility === 'public'}
                        onChange={({ currentTarget }) => void publish(head, currentTarget.checked)}
                      />
                      <span>{words.public}</span>
                    </label>
                  </li>
                );
              })}
            </ul>
          );
        }}
      </AskedSection>
      {shown.value !== null && (
        <History
          head={shown.value}
          onClose={() => {
            shown.value = null;
            again();
          }}
        />
      )}
    </>
  );
}

function History({ head, onClose }: { readonly head: HeadSummary; readonly onClose: () => void }) {
  const { sync } = useApp();
  const words = text.value.connect.heads;
  const { asked, again } = useAsked(() => sync.client().heads.revisions(head.id), [head.id]);
  async function rollback(to: string): Promise<void> {
    await sync.client().heads.rollback(head.id, { to, from: head.revision });
    showToast(words.rolledBack);
    onClose();
    await sync.syncNow();
  }
  return (
    <Dialog title={head.title} onClose={onClose}>
      <AskedSection {...{ title: words.details, asked, again }}>
        {(revisions) => (
          <ul class="rows">
            {revisions.map(({ digest, bytes, createdAt }) => (
              <li key={`${digest}${createdAt}`}>
                <span>
                  <strong>{whenOf(createdAt, language.value)}</strong>
                  <span class="note">
                    {formatBytes(bytes)} · <code>{digest.slice(0, 12)}</code>
                    {digest === head.revision && ` · ${words.current}`}
                  </span>
                </span>
                {digest !== head.revision && (
                  <Button onClick={() => void rollback(digest).catch(showFailure)}>{words.rollback}</Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </AskedSection>
    </Dialog>
  );
}
