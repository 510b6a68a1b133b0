// A training while it goes on and what it came to: progress, a way to stop it, the result and the curves. The focus goes
// where the news is, and screen readers are told.
import type { ComponentChildren, RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import type { Candidate, OpenProject } from '../../project/open-project.ts';
import { more } from '../../text/more.ts';
import { announce } from '../announce.ts';
import { Button } from '../parts/button.tsx';
import { Progress } from '../parts/progress.tsx';
import { Curves } from './curves.tsx';
import { Result, type Rival } from './result.tsx';
import type { Run, Training } from './training.ts';

/** Starts a training and leads to where it is shown. */
export function useStart<Result extends Candidate>(training: Training<Result>) {
  const region = useRef<HTMLElement>(null);
  async function start(run: Run<Result>): Promise<void> {
    const words = more.value.deeper.progress;
    announce(words.started);
    const over = training.start(run);
    requestAnimationFrame(() => region.current?.focus());
    await over;
    announce(words.ended[training.outcome.value.state]);
    // The button that stops has gone, and the focus with it.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) region.current?.focus({ preventScroll: true });
    });
  }
  return { region, start };
}

/** How far it has come, in words; `of` 0: nobody knows. */
export interface Step {
  readonly label: string;
  readonly done: number;
  readonly of: number;
}

export function TrainingOutcome<Result extends Candidate>({
  open,
  training,
  region,
  step,
  rivals,
  about,
}: {
  readonly open: OpenProject;
  readonly training: Training<Result>;
  readonly region: RefObject<HTMLElement | null>;
  /** Of a training that runs. */
  readonly step: Step;
  readonly rivals: (candidate: Candidate | Result) => readonly Rival[];
  readonly about?: ((result: Result) => ComponentChildren) | undefined;
}) {
  const words = more.value.deeper;
  const { state } = training.outcome.value;
  const progress = training.progress.value;
  if (state === 'none') return null;
  return (
    <section class="deeper-outcome" ref={region} tabIndex={-1} aria-label={words.result.title}>
      {state === 'running' && (
        <div class="deeper-running">
          <Progress {...step} />
          <Button icon="stop" onClick={training.stop}>
            {words.progress.stop}
          </Button>
        </div>
      )}
      <Result {...{ open, training, rivals, about }} />
      <Curves progress={progress} epochs={progress[0]?.epochs ?? 0} />
    </section>
  );
}
