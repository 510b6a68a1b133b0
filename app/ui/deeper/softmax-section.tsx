// Classic training of a head on the trunk as it is.
import type { OpenProject } from '../../project/open-project.ts';
import { more } from '../../text/more.ts';
import { TrainingOutcome, useStart } from './outcome.tsx';
import { liveRival } from './result.tsx';
import { SettingsForm } from './settings-form.tsx';
import { trainingsOf } from './training.ts';

export function SoftmaxSection({
  open,
  notReady,
}: {
  readonly open: OpenProject;
  /** Why nothing can be trained now; null: it can. */
  readonly notReady: string | null;
}) {
  const words = more.value.deeper;
  const { softmax: training } = trainingsOf(open);
  const { region, start } = useStart(training);
  const outcome = training.outcome.value;
  const running = outcome.state === 'running';
  const done = training.progress.value.at(-1)?.epoch ?? 0;
  const epochs = running ? outcome.epochs : 0;
  return (
    <section class="card deeper-softmax" aria-labelledby="deeper-softmax">
      <h2 id="deeper-softmax" tabIndex={-1}>
        {words.softmax.title}
      </h2>
      <p class="note">{words.softmax.hint}</p>
      <TrainingOutcome
        {...{ open, training, region }}
        step={
          done === 0
            ? { label: words.progress.preparing, done, of: 0 }
            : { label: words.progress.epoch(done, epochs), done, of: epochs }
        }
        rivals={() => liveRival(open)}
      />
      {!running && (
        <SettingsForm
          fields={training.fields.value}
          onChange={training.change}
          onTrain={(options) =>
            void start({
              epochs: options.epochs ?? 0,
              work: (hooks) => open.trainSoftmax(options, hooks),
            })
          }
          disabled={notReady}
        />
      )}
    </section>
  );
}
