// What came of an experiment: each pair of flags with what it makes of the photo among its mates, and what moved.
import { useId } from 'preact/hooks';
import { formatPercent, formatValue } from '../../format.ts';
import type { OpenProject } from '../../project/open-project.ts';
import { more } from '../../text/more.ts';
import type { LabMode } from '../../training/deeper.ts';
import type { Score } from '../../training/trainer.ts';
import { topScore } from '../live.ts';
import { classColour } from '../palette.ts';
import { Coded } from '../parts/coded.tsx';
import { Icon } from '../parts/icon.tsx';
import { LayerStrip } from '../parts/layer-strip.tsx';
import type { Outcome } from './experiment.ts';
import type { MateSet } from './mates.ts';
import { Mates } from './setup.tsx';
import { followsTheRule, movedLayers, verdictOf } from './verdict.ts';
import { flagsOf, verdictWords } from './words.ts';

/** A shift of the probability that hardly shows. */
const LITTLE = 0.1;

export function LabOutcome({ open, outcome }: { readonly open: OpenProject; readonly outcome: Outcome }) {
  const { modes } = outcome.result;
  const words = more.value.lab.result;
  const [first, ...others] = modes;
  if (first === undefined) return null;
  const common = { open, sets: outcome.sets };
  return (
    <>
      <Mode {...common} mode={first} />
      {followsTheRule(modes) ? (
        <p class="lab-rule">
          <Coded words={words.rule} />
        </p>
      ) : (
        <p class="caution">{words.noRule}</p>
      )}
      <div class="lab-others">
        {others.map((mode) => (
          <Mode key={flagsOf(mode)} {...common} mode={mode} />
        ))}
      </div>
    </>
  );
}

function Mode({
  open,
  mode,
  sets,
}: {
  readonly open: OpenProject;
  readonly mode: LabMode;
  readonly sets: readonly MateSet[];
}) {
  const words = more.value.lab.result;
  const id = useId();
  const verdict = verdictOf(mode);
  const { kind } = verdict;
  return (
    <section class={`card lab-mode ${kind}`} aria-labelledby={id}>
      <h3 id={id}>
        <code>{flagsOf(mode)}</code>
      </h3>
      <p class="lab-verdict">
        <Icon name={kind === 'same' ? 'check' : 'warning'} />
        {verdictWords(mode)}
      </p>
      {verdict.kind === 'shifts' && verdict.from.score - verdict.to.score < LITTLE && (
        <p class="note">{words.doubtful}</p>
      )}
      <ul class="lab-answers" aria-label={words.answers}>
        {mode.answers.map((scores, i) => {
          const set = sets[i];
          return (
            <li key={set?.kind ?? i}>
              {set && <Mates open={open} photos={set.photos} />}
              <span class="note">{words.with[set?.kind ?? 'alone']}</span>
              <AnswerOf open={open} top={topScore(scores)} />
            </li>
          );
        })}
      </ul>
      <Facts mode={mode} />
    </section>
  );
}

function AnswerOf({ open, top }: { readonly open: OpenProject; readonly top: Score | undefined }) {
  if (top === undefined) return null;
  const record = open.project.value.classes.find(({ id }) => id === top.class);
  const background = record === undefined ? 'var(--line-strong)' : classColour(record.colour);
  return (
    <span class="lab-answer">
      <strong>{top.label}</strong> <span class="lab-share">{formatPercent(top.score)}</span>
      <span class="answer-track">
        <span style={{ transform: `scaleX(${top.score})`, background }} />
      </span>
    </span>
  );
}

function Facts({ mode }: { readonly mode: LabMode }) {
  const words = more.value.lab.result;
  const { normalizeBy, moved, learnt } = mode;
  const n = movedLayers(mode);
  const means = moved.map(({ mean }) => mean);
  const variances = moved.map(({ variance }) => variance);
  return (
    <dl class="lab-facts">
      <div>
        <dt>{words.scaledBy}</dt>
        <dd>{words.by[normalizeBy]}</dd>
      </div>
      <div>
        <dt>{words.weights}</dt>
        <dd>{words.learnt(learnt.layers, learnt.of)}</dd>
      </div>
      <div>
        <dt>{words.statistics}</dt>
        <dd>{words.moved(n, moved.length)}</dd>
        {n > 0 && (
          <dd class="lab-moved">
            <LayerStrip label={words.strip} up={means} down={variances} />
            <p class="note">
              {words.most(smallShare(Math.max(...means)), smallShare(Math.expm1(Math.max(...variances))))}
            </p>
          </dd>
        )}
      </div>
    </dl>
  );
}

/** A share that may be far below one per cent, two digits: 0.000999 -> "0.1 %". */
function smallShare(share: number): string {
  return `${formatValue(Number((share * 100).toPrecision(2)))}\u00a0%`;
}
