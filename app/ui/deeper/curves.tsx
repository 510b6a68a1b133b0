// Loss and accuracy of a training, epoch by epoch: two charts, the latest figures in words, and all of them in a table.
import { useEffect, useRef } from 'preact/hooks';
import type { TrainingProgress } from '../../../src/head/trainer.ts';
import { formatPercent, formatValue } from '../../format.ts';
import { more } from '../../text/more.ts';
import type { Curve, Plot } from './plot.ts';

/** Rows of the table, at most; evenly spread, the last epoch always. */
const MOST_ROWS = 50;

const LEARNT = '--green';
const HELD_OUT = '--class-1';
const BEFORE = '--soft';
const DASHES = [6, 4] as const;
const DOTS = [2, 4] as const;

export function Curves({
  progress,
  epochs,
}: {
  readonly progress: readonly TrainingProgress[];
  readonly epochs: number;
}) {
  const words = more.value.deeper.curves;
  const first = progress[0];
  const last = progress.at(-1);
  if (first === undefined || last === undefined) return null;
  // Epoch 0 is what was there before: a level to beat, from one side to the other.
  const before = first.epoch === 0 ? first : null;
  const heldOut = last.validationLoss !== null || last.validationAccuracy !== null;
  const curves = (
    learnt: (epoch: TrainingProgress) => number | null,
    held: (epoch: TrainingProgress) => number | null,
  ): readonly Curve[] => [
    { colour: LEARNT, dash: null, values: progress.map(learnt) },
    ...(heldOut ? [{ colour: HELD_OUT, dash: DASHES, values: progress.map(held) }] : []),
    ...(heldOut && before
      ? [{ colour: BEFORE, dash: DOTS, values: Array.from({ length: epochs + 1 }, () => held(before)) }]
      : []),
  ];
  return (
    <>
      <p class="deeper-key note" aria-hidden="true">
        <span class="deeper-key-learnt">{words.learnt}</span>
        {heldOut && <span class="deeper-key-held">{words.heldOut}</span>}
        {heldOut && before && <span class="deeper-key-before">{words.before}</span>}
      </p>
      <div class="deeper-charts">
        <figure>
          <figcaption>
            <strong>{words.accuracy}</strong>{' '}
            <span class="note">{words.latest(shareOf(last.accuracy), shareOf(last.validationAccuracy))}</span>
          </figcaption>
          <Chart
            from={first.epoch}
            to={epochs}
            shares
            curves={curves(
              ({ accuracy }) => accuracy,
              ({ validationAccuracy }) => validationAccuracy,
            )}
          />
        </figure>
        <figure>
          <figcaption>
            <strong>{words.loss}</strong>{' '}
            <span class="note">{words.latest(lossOf(last.loss), lossOf(last.validationLoss))}</span>
          </figcaption>
          <Chart
            from={first.epoch}
            to={epochs}
            shares={false}
            curves={curves(
              ({ loss }) => loss,
              ({ validationLoss }) => validationLoss,
            )}
          />
        </figure>
      </div>
      <details>
        <summary>{words.table}</summary>
        <Table progress={progress} />
      </details>
    </>
  );
}

function Chart({
  from,
  to,
  shares,
  curves,
}: {
  /** First and last epoch. */
  readonly from: number;
  readonly to: number;
  readonly shares: boolean;
  readonly curves: readonly Curve[];
}) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const latest = useRef(curves);
  latest.current = curves;
  useEffect(() => {
    let wanted = true;
    import('./plot.ts')
      .then(({ createPlot }) => {
        if (!wanted || host.current === null) return;
        plot.current = createPlot(host.current, { from, to, shares });
        plot.current.draw(latest.current);
      })
      // The figures in words do without: uPlot cannot be loaded where the browser's language is no valid tag.
      .catch((error: unknown) => console.error(error));
    return () => {
      wanted = false;
      plot.current?.remove();
      plot.current = null;
    };
  }, [from, to, shares]);
  useEffect(() => plot.current?.draw(curves), [curves]);
  return <div class="deeper-chart" ref={host} aria-hidden="true" />;
}

function Table({ progress }: { readonly progress: readonly TrainingProgress[] }) {
  const words = more.value.deeper.curves;
  const step = Math.ceil(progress.length / MOST_ROWS);
  const rows = progress.filter((_, i) => (progress.length - 1 - i) % step === 0);
  const columns = [
    { name: words.accuracy, of: ({ accuracy }: TrainingProgress) => shareOf(accuracy) },
    {
      name: words.heldOutAccuracy,
      of: ({ validationAccuracy }: TrainingProgress) => shareOf(validationAccuracy),
    },
    { name: words.loss, of: ({ loss }: TrainingProgress) => lossOf(loss) },
    { name: words.heldOutLoss, of: ({ validationLoss }: TrainingProgress) => lossOf(validationLoss) },
  ].filter(({ of }) => rows.some((row) => of(row) !== null));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section class="table-scroll" tabIndex={0} aria-label={words.table}>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.epoch}</th>
            {columns.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.epoch}>
              <th scope="row">{row.epoch}</th>
              {columns.map(({ name, of }) => (
                <td key={name}>{of(row) ?? '–'}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const shareOf = (share: number | null) => (share === null ? null : formatPercent(share));
const lossOf = (value: number | null) => (value === null ? null : formatValue(value));
