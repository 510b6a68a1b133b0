// Fine-tuning: the trunk as a picture with a line to drag, what it costs, how it goes, and what came of it.
import '../../styles/fine-tune.css';
import type { ModelManifest } from '../../../src/contract/manifest.ts';
import { wilson } from '../../../src/head/evaluate.ts';
import { useApp } from '../../app.ts';
import type { Candidate, OpenProject } from '../../project/open-project.ts';
import { more } from '../../text/more.ts';
import type { FineTuneSettings } from '../../training/deeper.ts';
import { blocksOf, stackUpTo } from './blocks.ts';
import { BrokenOffCard } from './broken-off.tsx';
import { FineTunePlan } from './fine-tune-plan.tsx';
import { type Step, TrainingOutcome, useStart } from './outcome.tsx';
import { Proof } from './proof.tsx';
import { liveRival, type Rival } from './result.tsx';
import { type FineTuneResult, type Outcome, trainingsOf } from './training.ts';

export function FineTuneSection({
  open,
  notReady,
}: {
  readonly open: OpenProject;
  /** Why nothing can be trained now; null: it can. */
  readonly notReady: string | null;
}) {
  const words = more.value.fineTune;
  const status = useApp().trainer.status.value;
  const { fineTune: training } = trainingsOf(open);
  const { region, start } = useStart(training);
  const outcome = training.outcome.value;
  const broken = open.brokenOff.value;
  const running = outcome.state === 'running';
  const manifest = status.state === 'ready' ? status.manifest : null;

  const run = (settings: FineTuneSettings, resume: boolean) =>
    void start({
      epochs: settings.epochs,
      earlier: resume ? (broken?.progress ?? []) : [],
      async work({ onPreparing, onProgress, signal }) {
        const head = await open.fineTune(settings, {
          onEvent: (event) => (event.kind === 'epoch' ? onProgress(event.progress) : onPreparing(event)),
          ...{ signal, resume },
        });
        return { ...head, settings };
      },
    });

  return (
    <section class="card tune" aria-labelledby="tune">
      <h2 id="tune" tabIndex={-1}>
        {words.title}
      </h2>
      <p class="note">{words.hint}</p>
      {broken !== null && !running && (
        <BrokenOffCard
          {...{ open, broken }}
          disabled={notReady !== null}
          onResume={() => run(broken.settings, true)}
        />
      )}
      <TrainingOutcome
        {...{ open, training, region }}
        step={stepOf(training.progress.value.at(-1)?.epoch, outcome)}
        rivals={(candidate) => [...beforeRival(candidate), ...liveRival(open)]}
        about={(result) => <About result={result} manifest={manifest} />}
      />
      {!running &&
        (manifest === null ? (
          <p class="note">{words.missing}</p>
        ) : (
          <FineTunePlan {...{ open, notReady, manifest }} onStart={(settings) => run(settings, false)} />
        ))}
    </section>
  );
}

function About({
  result: { bestEpoch, settings, proof },
  manifest,
}: {
  readonly result: FineTuneResult;
  readonly manifest: ModelManifest | null;
}) {
  const words = more.value.fineTune;
  const { lines } = stackUpTo(blocksOf(manifest?.cuts ?? []), settings.to);
  return (
    <>
      <p>{bestEpoch === 0 ? words.noBetter : words.bestEpoch(bestEpoch)}</p>
      <Proof proof={proof} below={lines.indexOf(settings.from) + 1} />
    </>
  );
}

/** The un-tuned head at the same layer, on the same photos held back. */
function beforeRival(candidate: Candidate | FineTuneResult): readonly Rival[] {
  if (!('before' in candidate)) return [];
  const { report } = candidate.trained;
  const n = report.accuracy?.n ?? 0;
  const { accuracy } = candidate.before;
  const known = accuracy !== null && n > 0;
  return [
    {
      name: more.value.fineTune.before.name,
      report: { ...report, accuracy: known ? wilson(Math.round(accuracy * n), n) : null },
      // Where the head of before is what is kept, there is nothing to compare.
      verdict: candidate.bestEpoch === 0 ? null : more.value.fineTune.before.verdict,
    },
  ];
}

function stepOf(epoch: number | undefined, outcome: Outcome<FineTuneResult>): Step {
  const words = more.value.fineTune;
  if (outcome.state !== 'running') return { label: '', done: 0, of: 0 };
  const { preparing, epochs } = outcome;
  if (preparing !== null) return { label: words.photosThrough(preparing.done, preparing.of), ...preparing };
  if (epoch === undefined) return { label: more.value.deeper.progress.preparing, done: 0, of: 0 };
  return { label: words.epochsDone(epoch, epochs), done: epoch, of: epochs };
}
