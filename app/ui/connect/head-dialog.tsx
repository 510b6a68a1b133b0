// One head at the server: who may ask it, and its versions.
import { useSignal } from '@preact/signals';
import type { HeadSummary } from '../../../src/contract/api.ts';
import type { Digest } from '../../../src/contract/ids.ts';
import { useApp } from '../../app.ts';
import { formatBytes, shortDigest } from '../../format.ts';
import { more } from '../../text/more.ts';
import { text } from '../../text/text.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { showFailure, showToast } from '../toasts.ts';
import { Loaded, useRemote } from './remote.tsx';
import { formatWhen } from './when.ts';

const VISIBILITIES = ['private', 'public'] as const;

export function HeadDialog({
  head,
  onChanged,
  onClose,
}: {
  readonly head: HeadSummary;
  readonly onChanged: () => Promise<void>;
  readonly onClose: () => void;
}) {
  const { sync } = useApp();
  const words = more.value.connect.heads;
  const busy = useSignal(false);
  const revisions = useRemote((client) => client.heads.revisions(head.id), head.revision);

  async function run(work: () => Promise<unknown>): Promise<void> {
    busy.value = true;
    try {
      await work();
      await onChanged();
    } catch (error) {
      showFailure(error);
    } finally {
      busy.value = false;
    }
  }
  const goBack = (to: Digest) =>
    run(async () => {
      await sync.client().heads.rollback(head.id, { to, from: head.revision });
      showToast(words.wentBack);
      void sync.syncNow();
    });

  return (
    <Dialog title={head.title} onClose={onClose}>
      <p class="note">{text.value.common.list(head.labels)}</p>
      <fieldset class="segmented">
        <legend>{words.visibility}</legend>
        {VISIBILITIES.map((visibility) => (
          <label key={visibility}>
            <input
              type="radio"
              name="visibility"
              checked={head.visibility === visibility}
              disabled={busy.value}
              onChange={() => run(() => sync.client().heads.patch(head.id, { visibility }))}
            />
            <span>{words[visibility]}</span>
          </label>
        ))}
      </fieldset>
      <p class="note">{head.visibility === 'public' ? words.publicMeans : words.privateMeans}</p>
      <h3>{words.history}</h3>
      <Loaded remote={revisions}>
        {(list) => (
          <ol class="rows">
            {list.map(({ digest, bytes, createdAt }, i) => (
              <li key={`${digest} ${createdAt}`} class="row">
                <div>
                  <code>{shortDigest(digest)}</code>
                  {i === 0 && <span class="badge">{words.current}</span>}
                  <p class="note">{words.bytes(formatBytes(bytes), formatWhen(createdAt))}</p>
                </div>
                {digest !== head.revision && (
                  <Button disabled={busy.value} onClick={() => goBack(digest)}>
                    {words.goBack}
                  </Button>
                )}
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </Dialog>
  );
}
