// Deeper: training the classic way, with every setting and live curves. Each way to train is a section of its own, below
// the head that was kept.
import { useRef } from 'preact/hooks';
import type { Candidate, OpenProject } from '../../project/open-project.ts';
import { text } from '../../text/text.ts';
import { announce } from '../announce.ts';
import { Curves } from '../deeper/curves.tsx';
import { KeptHead } from '../deeper/kept-head.tsx';
import { Result } from '../deeper/result.tsx';
import type { Options } from '../deeper/settings.ts';
import { SettingsForm } from '../deeper/settings-form.tsx';
import { type Training, trainingOf } from '../deeper/training.ts';
import { Button } from '../parts/button.tsx';
import { Progress } from '../parts/progress.tsx';
import { showFailure, showToast } from '../toasts.ts';

export function DeeperScreen({ open }: { readonly open: OpenProject }) {
  const words = text.value.deeper;
  return (
    <div class="deeper">
      <h1>{words.title}</h1>
      <p>{words.intro}</p>
      <KeptHead open={open} />
      <SoftmaxSection open={open} training={trainingOf(open)} />
    </div>
  );
}

function SoftmaxSection({ open, training }: { readonly open: OpenProject; readonly training: Training }) {
  const words = text.value.deeper;
  const outcome = training.outcome.value;
  const progress = training.progress.value;
  const region = useRef<HTMLElement>(null);
  const classes = new Set(open.examples.value.map((example) => example.class)).size;

  async function train(options: Options): Promise<void> {
    announce(words.progress.started);
    const over = training.start(options);
    requestAnimationFrame(() => region.current?.focus());
    await over;
    announce(words.progress.ended[training.outcome.value.state]);
    // The button that stops has gone, and the focus with it.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) region.current?.focus({ preventScroll: true });
    });
  }

  async function keep(candidate: Candidate): Promise<void> {
    try {
      await open.keep(candidate);
      training.clear();
      showToast(words.result.kept);
    } catch (error) {
      showFailure(error);
    }
  }

  return (
    <section class="card deeper-softmax" aria-labelledby="deeper-softmax">
      <h2 id="deeper-softmax">{words.softmax.title}</h2>
      <p class="note">{words.softmax.hint}</p>
      {outcome.state !== 'none' && (
        <section class="deeper-outcome" ref={region} tabIndex={-1} aria-label={words.result.title}>
          {outcome.state === 'running' && (
            <Running training={training} epochs={outcome.epochs} done={progress.at(-1)?.epoch ?? 0} />
          )}
          <Result
            {...{ open, outcome }}
            onKeep={(candidate) => void keep(candidate)}
            onDiscard={training.clear}
          />
          <Curves progress={progress} epochs={progress[0]?.epochs ?? 0} />
        </section>
      )}
      {outcome.state !== 'running' && (
        <SettingsForm
          fields={training.fields.value}
          onChange={training.change}
          onTrain={(options) => void train(options)}
          disabled={classes < 2 ? words.form.notReady : null}
        />
      )}
    </section>
  );
}

function Running({
  training,
  epochs,
  done,
}: {
  readonly training: Training;
  readonly epochs: number;
  readonly done: number;
}) {
  const words = text.value.deeper.progress;
  return (
    <div class="deeper-running">
      <Progress
        label={done === 0 ? words.preparing : words.epoch(done, epochs)}
        done={done}
        of={done === 0 ? 0 : epochs}
      />
      <Button icon="stop" onClick={training.stop}>
        {words.stop}
      </Button>
    </div>
  );
}
