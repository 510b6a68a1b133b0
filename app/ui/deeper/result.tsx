// What a training came to: the new head beside those it has to beat, to keep or not; or why there is none.
import type { ComponentChildren } from 'preact';
import type { Candidate, OpenProject } from '../../project/open-project.ts';
import { failureText } from '../../text/failure-text.ts';
import { more } from '../../text/more.ts';
import type { Trained } from '../../training/trainer.ts';
import { change } from '../check/actions.ts';
import { Accuracy } from '../check/headline.tsx';
import { Button } from '../parts/button.tsx';
import type { Training } from './training.ts';

type Report = Trained['report'];
export type Verdict = 'better' | 'worse' | 'alike' | 'unknown';

/** A head that the new one is compared with. */
export interface Rival {
  readonly name: string;
  readonly report: Report;
  /** Null: nothing to compare. */
  readonly verdict: Readonly<Record<Verdict, string>> | null;
}

/** The live head, where there is one. */
export function liveRival(open: OpenProject): readonly Rival[] {
  const words = more.value.deeper.result;
  const { live } = open.learning.value;
  return live === null ? [] : [{ name: words.live, report: live.report, verdict: words.verdict }];
}

export function Result<Result extends Candidate>({
  open,
  training,
  rivals,
  about,
}: {
  readonly open: OpenProject;
  readonly training: Training<Result>;
  readonly rivals: (candidate: Candidate | Result) => readonly Rival[];
  /** What else is to be said of a training that went to its end. */
  readonly about?: ((result: Result) => ComponentChildren) | undefined;
}) {
  const words = more.value.deeper.result;
  const outcome = training.outcome.value;
  const choice = (candidate: Candidate | Result, children: ComponentChildren = null) => (
    <Choice {...{ open, training, candidate }} rivals={rivals(candidate)}>
      {children}
    </Choice>
  );
  switch (outcome.state) {
    case 'none':
    case 'running':
      return null;
    case 'stopped':
      return <p class="note">{words.stopped}</p>;
    case 'failed': {
      const { title, detail } = failureText(outcome.error);
      return (
        <p class="failure-note">
          {words.failed} {title}. {detail}
        </p>
      );
    }
    case 'diverged':
      return (
        <>
          <p class="caution">{words.diverged(outcome.candidate !== null)}</p>
          {outcome.candidate && choice(outcome.candidate)}
        </>
      );
    case 'trained':
      return choice(outcome.result, about?.(outcome.result));
    default:
      return outcome satisfies never;
  }
}

function Choice<Result extends Candidate>({
  open,
  training,
  candidate,
  rivals,
  children,
}: {
  readonly open: OpenProject;
  readonly training: Training<Result>;
  readonly candidate: Candidate;
  readonly rivals: readonly Rival[];
  readonly children: ComponentChildren;
}) {
  const words = more.value.deeper.result;
  const { report } = candidate.trained;
  const keep = async () => {
    const undo = await open.keep(candidate);
    const bringBack = training.clear();
    return async () => {
      await undo();
      bringBack();
    };
  };
  const discard = async () => {
    const bringBack = training.clear();
    return async () => bringBack();
  };
  return (
    <>
      <div class="deeper-compare">
        <section>
          <h3>{words.candidate}</h3>
          <Accuracy report={report} unmeasured={words.unmeasured} />
        </section>
        {rivals.map(({ name, report: other, verdict }) => (
          <section key={name}>
            <h3>{name}</h3>
            <Accuracy report={other} unmeasured={words.unmeasured} />
            {verdict && <p>{verdict[compare(report, other)]}</p>}
          </section>
        ))}
      </div>
      {children}
      <div class="deeper-choice">
        <Button
          kind="primary"
          onClick={({ currentTarget }) => void change(keep, words.kept).then(focusTitleOf(currentTarget))}
        >
          {words.keep}
        </Button>
        <Button
          onClick={({ currentTarget }) =>
            void change(discard, words.discarded).then(focusTitleOf(currentTarget))
          }
        >
          {words.discard}
        </Button>
      </div>
      <p class="note">{words.keepHint}</p>
    </>
  );
}

/** The button goes with the result; the focus stays in the section, if it was there. */
function focusTitleOf(button: HTMLElement): () => void {
  const title = button.closest('.card')?.querySelector<HTMLElement>('h2');
  return () =>
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) title?.focus();
    });
}

/** Better or worse only when the intervals do not touch. */
function compare({ accuracy: a }: Report, { accuracy: b }: Report): Verdict {
  if (a === null || b === null) return 'unknown';
  if (a.low > b.high) return 'better';
  return a.high < b.low ? 'worse' : 'alike';
}
