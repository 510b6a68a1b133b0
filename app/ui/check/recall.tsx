// Of each class, how many of its photos were recognised, and what would help it.
import type { Advice } from '../../../src/head/advice.ts';
import { formatRange } from '../../format.ts';
import { text } from '../../text/text.ts';
import { classColour } from '../palette.ts';
import type { ClassFigures, Figures } from './figures.ts';
import { ClassName } from './photo-list.tsx';

export function Recall({ figures }: { readonly figures: Figures }) {
  const words = text.value.check.classes;
  return (
    <section class="card check-classes" aria-labelledby="check-classes">
      <h2 id="check-classes">{words.title}</h2>
      <p class="note">{words.hint}</p>
      <ul class="check-recalls">
        {figures.classes.map((figure, c) => (
          <RecallRow
            key={figure.record.id}
            figure={figure}
            hint={hintOf(
              figures.advice.find((advice) => advice.class === c),
              figures,
            )}
          />
        ))}
      </ul>
    </section>
  );
}

function RecallRow({ figure, hint }: { readonly figure: ClassFigures; readonly hint: string | null }) {
  const words = text.value.check.classes;
  const { record, recall, photos } = figure;
  if (recall === null)
    return (
      <li class="check-recall">
        <ClassName record={record} />
        <span class="note">{photos === 0 ? words.noPhotos : words.notMeasured}</span>
      </li>
    );
  const percent = (share: number) => `${share * 100}%`;
  const [low, high] = formatRange(recall.low, recall.high);
  return (
    <li class="check-recall">
      <ClassName record={record} />
      <span>{words.of(Math.round(recall.value * recall.n), recall.n)}</span>
      <span class="check-bar" aria-hidden="true">
        <span
          class="check-bar-fill"
          style={{ inlineSize: percent(recall.value), background: classColour(record.colour) }}
        />
        <span
          class="check-bar-interval"
          style={{ insetInlineStart: percent(recall.low), inlineSize: percent(recall.high - recall.low) }}
        />
      </span>
      <span class="check-recall-note note">
        {words.range(low, high)}
        {hint !== null && ` ${hint}`}
      </span>
    </li>
  );
}

function hintOf(advice: Advice | undefined, { classes }: Figures): string | null {
  const words = text.value.check.classes;
  if (advice === undefined) return null;
  switch (advice.reason) {
    case 'none':
      return null;
    case 'few':
      return words.few;
    case 'one-burst':
      return words.oneBurst;
    case 'weak':
      return words.weak;
    case 'confused':
      return words.confused(classes[advice.with ?? -1]?.record.name ?? '');
    default:
      return advice.reason satisfies never;
  }
}
