// What is answered: large over the picture, and as bars below it.
import { formatMs, formatPercent } from '../../format.ts';
import type { ClassRecord } from '../../storage/schema.ts';
import { text } from '../../text/text.ts';
import type { Prediction, Score } from '../../training/trainer.ts';
import { classColour } from '../palette.ts';
import { type Answer, ranked } from './answer.ts';

/** The answer in words, for those who listen too. */
export function wordsOf({ kind, best }: Answer): string {
  const words = text.value.use.answer;
  if (kind === 'unlike') return words.unlike;
  if (kind === 'unsure') return words.unsure;
  return best.label;
}

export function BigAnswer({ answer, paused }: { readonly answer: Answer | null; readonly paused: boolean }) {
  const words = text.value.use.answer;
  if (answer === null) return <p class="big-answer waiting">{paused ? words.paused : words.waiting}</p>;
  const { kind, best } = answer;
  return (
    <p class={`big-answer ${kind}`}>
      <strong>{wordsOf(answer)}</strong>
      <span>
        {kind === 'sure' && formatPercent(best.score)}
        {kind === 'unsure' && words.unsureMaybe(best.label)}
        {kind === 'unlike' && words.unlikeDetail}
        {paused && ` · ${words.paused}`}
      </span>
    </p>
  );
}

export function Bars({
  prediction,
  classes,
  show,
}: {
  readonly prediction: Prediction;
  readonly classes: readonly ClassRecord[];
  /** How many; the others are summed up. */
  readonly show: number;
}) {
  const words = text.value.use.answer;
  const all = ranked(prediction.scores);
  const rest = all.slice(show);
  const { preprocess, trunk, head } = prediction.ms;
  return (
    <div class="answers">
      <ul class="answer-bars" aria-label={words.bars}>
        {all.slice(0, show).map((score) => (
          <Bar key={score.label} score={score} colour={colourOf(score, classes)} />
        ))}
      </ul>
      <p class="note">
        {rest.length > 0 &&
          `${words.others(rest.length, formatPercent(rest.reduce((sum, { score }) => sum + score, 0)))} · `}
        {words.took(formatMs(preprocess + trunk + head))}
      </p>
    </div>
  );
}

function Bar({ score, colour }: { readonly score: Score; readonly colour: string }) {
  return (
    <li class="answer-bar">
      <span class="answer-label">{score.label}</span>
      <span class="answer-share">{formatPercent(score.score)}</span>
      <span class="answer-track">
        <span style={{ transform: `scaleX(${score.score})`, background: colour }} />
      </span>
    </li>
  );
}

/** A class that is gone from the project has no colour. */
function colourOf(score: Score, classes: readonly ClassRecord[]): string {
  const record = classes.find(({ id }) => id === score.class);
  return record === undefined ? 'var(--line-strong)' : classColour(record.colour);
}
