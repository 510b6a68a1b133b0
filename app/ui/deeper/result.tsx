// What a training came to: the new head beside the live one, to keep or not; or why there is none.
import type { Candidate, OpenProject } from '../../project/open-project.ts';
import { text } from '../../text/text.ts';
import type { Trained } from '../../training/trainer.ts';
import { Accuracy } from '../check/headline.tsx';
import { Button } from '../parts/button.tsx';
import type { Outcome } from './training.ts';

export interface ResultProps {
  readonly open: OpenProject;
  readonly outcome: Outcome;
  readonly onKeep: (candidate: Candidate) => void;
  readonly onDiscard: () => void;
}

export function Result({ open, outcome, onKeep, onDiscard }: ResultProps) {
  const words = text.value.deeper.result;
  switch (outcome.state) {
    case 'none':
    case 'running':
      return null;
    case 'stopped':
      return <p class="note">{words.stopped}</p>;
    case 'failed':
      return <p class="failure-note">{words.failed}</p>;
    case 'diverged':
      return (
        <>
          <p class="caution">{words.diverged(outcome.candidate !== null)}</p>
          {outcome.candidate && <Choice {...{ open, onKeep, onDiscard }} candidate={outcome.candidate} />}
        </>
      );
    case 'trained':
      return <Choice {...{ open, onKeep, onDiscard }} candidate={outcome.candidate} />;
    default:
      return outcome satisfies never;
  }
}

function Choice({
  open,
  candidate,
  onKeep,
  onDiscard,
}: Omit<ResultProps, 'outcome'> & { readonly candidate: Candidate }) {
  const words = text.value.deeper.result;
  const { live } = open.learning.value;
  return (
    <>
      <div class="deeper-compare">
        <section>
          <h3>{words.candidate}</h3>
          <Accuracy report={candidate.trained.report} unmeasured={words.unmeasured} />
        </section>
        {live && (
          <section>
            <h3>{words.live}</h3>
            <Accuracy report={live.report} unmeasured={words.unmeasured} />
          </section>
        )}
      </div>
      {live && <p>{words.verdict[compare(candidate.trained, live)]}</p>}
      <div class="deeper-choice">
        <Button kind="primary" onClick={() => onKeep(candidate)}>
          {words.keep}
        </Button>
        <Button onClick={onDiscard}>{words.discard}</Button>
      </div>
      <p class="note">{words.keepHint}</p>
    </>
  );
}

/** Better or worse only when the intervals do not touch. */
function compare(candidate: Trained, live: Trained): 'better' | 'worse' | 'alike' | 'unknown' {
  const [a, b] = [candidate.report.accuracy, live.report.accuracy];
  if (a === null || b === null) return 'unknown';
  if (a.low > b.high) return 'better';
  return a.high < b.low ? 'worse' : 'alike';
}
