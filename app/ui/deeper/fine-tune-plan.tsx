// What is to be fine-tuned, and how, before it begins: the trunk with its line, what that costs, and the settings.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ModelManifest } from '../../../src/contract/manifest.ts';
import type { OpenProject } from '../../project/open-project.ts';
import { more } from '../../text/more.ts';
import type { FineTuneCost, FineTuneSettings } from '../../training/deeper.ts';
import { Icon } from '../parts/icon.tsx';
import { type Block, blocksOf, type Stack, stackUpTo, usualLine } from './blocks.ts';
import { CostFacts, isTooLarge } from './cost-facts.tsx';
import type { Cost, CostMeter } from './cost-meter.ts';
import { ChoiceInput } from './field-inputs.tsx';
import { FineTuneForm } from './fine-tune-form.tsx';
import { costBasis, readTuneFields } from './fine-tune-settings.ts';
import { trainingsOf } from './training.ts';
import { TrunkStack } from './trunk-stack.tsx';

export function FineTunePlan({
  open,
  notReady,
  manifest,
  onStart,
}: {
  readonly open: OpenProject;
  /** Why nothing can be trained now; null: it can. */
  readonly notReady: string | null;
  readonly manifest: ModelManifest;
  readonly onStart: (settings: FineTuneSettings) => void;
}) {
  const words = more.value.fineTune;
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
    training.meter,
    settings === null || notReady !== null
      ? null
      : [manifest.digest, costBasis(settings), examples.length, classes].join(' '),
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
            <Legend {...{ stack, frozen }} side={manifest.input.size} />
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
  stack: { blocks },
  frozen,
  side,
}: {
  readonly stack: Stack;
  /** How many blocks lie below the line. */
  readonly frozen: number;
  /** Of the photos that the maps are given for, px. */
  readonly side: number;
}) {
  const words = more.value.fineTune.stack;
  const said = (some: readonly Block[], means: typeof words.frozenMeans) =>
    means(some.length, words.range(some[0]?.name ?? '', some.at(-1)?.name ?? ''));
  return (
    <section class="tune-legend" aria-labelledby="tune-legend">
      <h3 id="tune-legend">{words.title}</h3>
      <p class="trainable">
        <Icon name="leaf" />
        <span>
          <strong>{words.trainable}</strong>: {said(blocks.slice(frozen), words.trainableMeans)}
        </span>
      </p>
      <p class="frozen">
        <Icon name="snow" />
        <span>
          <strong>{words.frozen}</strong>: {said(blocks.slice(0, frozen), words.frozenMeans)}
        </span>
      </p>
      <p class="note">
        {words.help} {words.size(side)}
      </p>
    </section>
  );
}

/** Measured when it is looked at, since that takes the trainer a moment; again when `basis` changes. */
function useCost(meter: CostMeter, basis: string | null, measure: () => Promise<FineTuneCost>) {
  const region = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(false);
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
  const words = more.value.fineTune.reads;
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
