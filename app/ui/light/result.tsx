// Before and after: what a head for this light says of each frame, what that comes to, and the choice.
import { formatPercent, formatValue } from '../../format.ts';
import { more } from '../../text/more.ts';
import type { Adapted, LightAnswer } from '../../training/deeper.ts';
import type { Trained } from '../../training/trainer.ts';
import { Button } from '../parts/button.tsx';
import { LayerStrip } from '../parts/layer-strip.tsx';
import type { LightFrame } from './collector.ts';
import { type Effect, effectOf, isChanged, meanOf } from './effect.ts';

/** Frames that are shown at once; those whose answer changes come first. */
const SHOWN = 6;

export function Result({
  adapted,
  frames,
  live,
  onKeep,
  onDiscard,
}: {
  readonly adapted: Adapted;
  /** Those that were adapted to, in their order. */
  readonly frames: readonly LightFrame[];
  readonly live: Trained | null;
  readonly onKeep: () => void;
  readonly onDiscard: () => void;
}) {
  const words = more.value.light.result;
  const effect = effectOf(adapted, live?.report.accuracy ?? null);
  const worthIt = effect.verdict === 'other' && !effect.worse;
  const choices = [
    <Button key="keep" kind={worthIt ? 'primary' : 'plain'} onClick={onKeep}>
      {words.keep}
    </Button>,
    <Button
      key="discard"
      kind={effect.verdict === 'alike' || effect.worse ? 'primary' : 'plain'}
      onClick={onDiscard}
    >
      {words.discard}
    </Button>,
  ];
  return (
    <div class="light-result">
      <h2>{words.title}</h2>
      <p class="light-verdict">
        {words[effect.verdict]} {words.changed(effect.changed, effect.of)}
      </p>
      {effect.worse && <p class="caution">{words.worse}</p>}
      <Figures effect={effect} />
      <div class="actions">
        {worthIt ? choices : choices.toReversed()}
        <p class="note">{words.hint}</p>
      </div>
      <Frames adapted={adapted} frames={frames} />
      <DriftChart adapted={adapted} />
    </div>
  );
}

function Figures({ effect: { before, after, of } }: { readonly effect: Effect }) {
  const words = more.value.light.result;
  const accuracy = ({ accuracy: share }: Effect['before']) =>
    share === null ? words.unmeasured : formatPercent(share.value);
  const rows = [
    [words.confidence, formatPercent(before.confidence), formatPercent(after.confidence)],
    [words.unlike, words.share(before.unlike, of), words.share(after.unlike, of)],
    [words.heldOut, accuracy(before), accuracy(after)],
  ] as const;
  return (
    <div>
      <table class="light-figures">
        <thead>
          <tr>
            <td />
            <th scope="col">{words.before}</th>
            <th scope="col">{words.after}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, ...values]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{values[0]}</td>
              <td>{values[1]}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="note">{words.heldOutNote}</p>
    </div>
  );
}

function Frames({ adapted, frames }: { readonly adapted: Adapted; readonly frames: readonly LightFrame[] }) {
  const words = more.value.light.result;
  const pairs = adapted.frames
    .flatMap((answer, i) => {
      const frame = frames[i];
      return frame === undefined ? [] : [{ answer, frame, n: i + 1 }];
    })
    .sort((a, b) => Number(isChanged(b.answer)) - Number(isChanged(a.answer)));
  const rest = pairs.slice(SHOWN);
  return (
    <section class="light-list" aria-labelledby="light-frames">
      <h3 id="light-frames">{words.list}</h3>
      <ul class="light-frames">
        {pairs.slice(0, SHOWN).map((pair) => (
          <FrameItem key={pair.n} {...pair} />
        ))}
      </ul>
      {rest.length > 0 && (
        <details>
          <summary>{words.more(rest.length)}</summary>
          <ul class="light-frames">
            {rest.map((pair) => (
              <FrameItem key={pair.n} {...pair} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function FrameItem({ answer, frame }: { readonly answer: LightAnswer; readonly frame: LightFrame }) {
  const words = more.value.light.result;
  return (
    <li class={isChanged(answer) ? 'changed' : undefined}>
      <img src={frame.url} alt="" decoding="async" />
      <span class="light-before">
        <span class="visually-hidden">{words.before}: </span>
        {said(answer.before)}
      </span>
      <span class="light-after">
        <span class="visually-hidden">{words.after}: </span>
        {said(answer.after)}
      </span>
    </li>
  );
}

function said({ score, rejected }: LightAnswer['before']): string {
  return rejected ? more.value.light.result.saysUnlike : `${score.label} ${formatPercent(score.score)}`;
}

function DriftChart({ adapted: { drift, usual } }: { readonly adapted: Adapted }) {
  const words = more.value.light.result;
  const means = drift.map(({ mean }) => mean);
  const marks = usual.map(({ mean }) => mean);
  const [most] = drift
    .map(({ layer, mean }, i) => ({ layer, frames: mean, taught: marks[i] ?? 0 }))
    .sort((a, b) => Math.abs(b.frames - b.taught) - Math.abs(a.frames - a.taught));
  return (
    <section class="light-drift" aria-labelledby="light-drift">
      <h3 id="light-drift">{words.strip}</h3>
      <LayerStrip label={words.strip} up={means} marks={marks} />
      <p class="note light-key">
        <span>{words.key.frames}</span> <span class="light-key-usual">{words.key.usual}</span>
      </p>
      <p class="note">
        {words.drift(short(meanOf(means)), short(meanOf(marks)), drift.length)}{' '}
        {most && words.most(most.layer, short(most.frames), short(most.taught))}
      </p>
    </section>
  );
}

/** Two digits: the figures are of a few frames. */
function short(value: number): string {
  return formatValue(Number(value.toPrecision(2)));
}
