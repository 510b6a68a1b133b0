// Fine-tuning: the trunk as a picture with a line to drag, what it costs, how it goes, and what came of it.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import '../../styles/fine-tune.css';
import type { ModelManifest } from '../../../src/contract/manifest.ts';
import { wilson } from '../../../src/head/evaluate.ts';
import { useApp } from '../../app.ts';
import type { Candidate, OpenProject } from '../../project/open-project.ts';
import { fineTuneText } from '../../text/fine-tune.ts';
import { text } from '../../text/text.ts';
import type { FineTuneCost, FineTuneSettings } from '../../training/deeper.ts';
import { Icon } from '../parts/icon.tsx';
import { type Block, blocksOf, stackUpTo, usualLine } from './blocks.ts';
import { BrokenOffCard } from './broken-off.tsx';
import { CostFacts, isTooLarge } from './cost-facts.tsx';
import { type Cost, createCostMeter } from './cost-meter.ts';
import { ChoiceInput } from './field-inputs.tsx';
import { FineTuneForm } from './fine-tune-form.tsx';
import { costBasis, readTuneFields } from './fine-tune-settings.ts';
import { type Step, TrainingOutcome, useStart } from './outcome.tsx';
import { Proof } from './proof.tsx';
import { liveRival, type Rival } from './result.tsx';
import { type FineTuneResult, type Outcome, trainingsOf } from './training.ts';
import { TrunkStack } from './trunk-stack.tsx';

export interface FineTuneProps {
  readonly open: OpenProject;
  /** Why nothing can be trained now; null: it can. */
  readonly notReady: string | null;
}

export function FineTuneSection({ open, notReady }: FineTuneProps) {
  const words = fineTuneText.value;
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
      <h2 id="tune">{words.title}</h2>
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
          <Plan {...{ open, notReady, manifest }} onStart={(settings) => run(settings, false)} />
        ))}
    </section>
  );
}

/** What is trained, and how; before it begins. */
function Plan({
  open,
  notReady,
  manifest,
  onStart,
}: FineTuneProps & {
  readonly manifest: ModelManifest;
  readonly onStart: (settings: FineTuneSettings) => void;
}) {
  const words = fineTuneText.value;
  const { fineTune: training } = trainingsOf(open);
  const fields = training.fields.value;
  const blocks = useMemo(() => blocksOf(manifest.cuts), [manifest]);
  const to = manifest.cuts.find(({ layer }) => layer === fields.to)?.layer ?? manifest.defaults.cut;
  const stack = stackUpTo(blocks, to);
  const from = stack.lines.find((line) => line === fields.from) ?? usualLine(stack);
  const read = readTuneFields(fields, { from: from ?? '', to });
  const settings = from !== null && 'settings' in read ? read.settings : null;
  const examples = open.examples.value;
  const classes = new Set(examples.map((example) => example.class)).size;
  const { region, cost } = useCost(
    settings === null || notReady !== null ? null : `${costBasis(settings)} ${examples.length} ${classes}`,
    () =>
      settings === null ? Promise.reject(new Error('Nothing to measure.')) : open.fineTuneCost(settings),
  );
  const frozen = from === null ? 0 : stack.lines.indexOf(from) + 1;
  return (
    <>
      <div class="tune-plan">
        {from !== null && (
          <TrunkStack
            {...{ stack, frozen }}
            onMove={(below) => training.change({ from: stack.lines[below - 1] ?? null })}
          />
        )}
        {from !== null && (
          <div class="tune-cost" ref={region}>
            <CostFacts cost={cost} unknown={notReady ?? words.cost.wrong} />
          </div>
        )}
        <div class="tune-side">
          <ChoiceInput
            words={words.reads}
            value={to}
            groups={readings(manifest, blocks)}
            onChange={(layer) => training.change({ to: layer })}
          />
          {from === null ? (
            <p class="caution">{words.noLine}</p>
          ) : (
            <Legend frozen={frozen} trainable={stack.blocks.length - frozen} side={manifest.input.size} />
          )}
        </div>
      </div>
      {from !== null && (
        <FineTuneForm
          fields={fields}
          wrong={'wrong' in read ? read.wrong : []}
          onChange={training.change}
          onStart={() => settings !== null && onStart(settings)}
          disabled={notReady ?? (isTooLarge(cost) ? words.cost.moveUp : null)}
        />
      )}
    </>
  );
}

function Legend({
  frozen,
  trainable,
  side,
}: {
  readonly frozen: number;
  readonly trainable: number;
  /** Of the photos that the maps are given for, px. */
  readonly side: number;
}) {
  const words = fineTuneText.value.stack;
  return (
    <section class="tune-legend" aria-labelledby="tune-legend">
      <h3 id="tune-legend">{words.title}</h3>
      <p class="trainable">
        <Icon name="leaf" />
        <span>
          <strong>{words.trainable}</strong>: {words.trainableMeans(trainable)}
        </span>
      </p>
      <p class="frozen">
        <Icon name="snow" />
        <span>
          <strong>{words.frozen}</strong>: {words.frozenMeans(frozen)}
        </span>
      </p>
      <p class="note">
        {words.help} {words.size(side)}
      </p>
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
  const words = fineTuneText.value;
  const { lines } = stackUpTo(blocksOf(manifest?.cuts ?? []), settings.to);
  return (
    <>
      <p>{bestEpoch === 0 ? words.noBetter : words.bestEpoch(bestEpoch)}</p>
      <Proof proof={proof} below={lines.indexOf(settings.from) + 1} />
    </>
  );
}

/** Measured when it is looked at, since that takes the trainer a moment; again when `basis` changes. */
function useCost(basis: string | null, measure: () => Promise<FineTuneCost>) {
  const region = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(false);
  const meter = useMemo(createCostMeter, []);
  useEffect(() => {
    const watch = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
    });
    if (region.current !== null) watch.observe(region.current);
    return () => watch.disconnect();
  }, []);
  useEffect(() => meter.stop, [meter]);
  useEffect(() => {
    if (seen) meter.ask(basis, measure);
  });
  const known = meter.cost.value;
  // It was not looked at yet: whoever comes to see it is told that it is being measured.
  const cost: Cost = basis !== null && known.state === 'none' ? { state: 'measuring' } : known;
  return { region, cost };
}

/** Where the head may read: the usual cut and the end of the trunk, then the ends of all other blocks that have one below. */
function readings({ cuts, defaults }: ModelManifest, blocks: readonly Block[]) {
  const words = fineTuneText.value.reads;
  const end = cuts.at(-1)?.layer ?? defaults.cut;
  const choice = (layer: string, label = layer) => ({ value: layer, label });
  const first = [
    choice(defaults.cut, words.usual(defaults.cut)),
    ...(end === defaults.cut ? [] : [choice(end, words.end(end))]),
  ];
  const others = blocks
    .slice(1)
    .map((block) => block.end.layer)
    .filter((layer) => layer !== end && layer !== defaults.cut)
    .map((layer) => choice(layer));
  return [
    { name: '', choices: first },
    ...(others.length > 0 ? [{ name: words.others, choices: others }] : []),
  ];
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
      name: fineTuneText.value.before.name,
      report: { ...report, accuracy: known ? wilson(Math.round(accuracy * n), n) : null },
      // Where the head of before is what is kept, there is nothing to compare.
      verdict: candidate.bestEpoch === 0 ? null : fineTuneText.value.before.verdict,
    },
  ];
}

function stepOf(epoch: number | undefined, outcome: Outcome<FineTuneResult>): Step {
  const words = fineTuneText.value;
  if (outcome.state !== 'running') return { label: '', done: 0, of: 0 };
  const { preparing, epochs } = outcome;
  if (preparing !== null) return { label: words.photosThrough(preparing.done, preparing.of), ...preparing };
  if (epoch === undefined) return { label: text.value.deeper.progress.preparing, done: 0, of: 0 };
  return { label: words.epochsDone(epoch, epochs), done: epoch, of: epochs };
}
