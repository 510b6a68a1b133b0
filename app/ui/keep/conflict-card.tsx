// A head that was changed in two places: what each choice means, and the choice.
import type { SyncRecord } from '../../storage/schema.ts';
import { text } from '../../text/text.ts';
import { Button } from '../parts/button.tsx';

export function ConflictCard({
  record,
  busy,
  onChoose,
}: {
  readonly record: SyncRecord;
  readonly busy: boolean;
  readonly onChoose: (keep: 'mine' | 'theirs') => void;
}) {
  const words = text.value.keep.server.conflict;
  const gone = record.conflict?.remote === null;
  return (
    <section class="caution choices" aria-labelledby="keep-conflict">
      <h3 id="keep-conflict">{words.title}</h3>
      <p>{gone ? words.gone : words.both}</p>
      <Button disabled={busy} onClick={() => onChoose('mine')} aria-describedby="keep-conflict-mine">
        {words.mine}
      </Button>
      <p class="note" id="keep-conflict-mine">
        {gone ? words.mineGoneMeans : words.mineMeans}
      </p>
      <Button disabled={busy} onClick={() => onChoose('theirs')} aria-describedby="keep-conflict-theirs">
        {gone ? words.theirsGone : words.theirs}
      </Button>
      <p class="note" id="keep-conflict-theirs">
        {gone ? words.theirsGoneMeans : words.theirsMeans}
      </p>
    </section>
  );
}
