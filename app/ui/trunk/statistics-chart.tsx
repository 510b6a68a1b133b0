// The stored BatchNorm statistics: for each layer the range of its channels' means and variances, as two strips with
// one slider that names the layer under it, and as a table.
import { useSignal } from '@preact/signals';
import type { BatchNormSummary } from '../../../src/contract/api.ts';
import { formatValue } from '../../format.ts';
import { more } from '../../text/more.ts';
import { logScale, type Scale, signedScale } from '../scale.ts';

/** Height of a strip in its own units; the width is one unit a layer. */
const HEIGHT = 100;
/** A range is drawn at least this high, or it could not be seen. */
const LEAST_HEIGHT = 1.5;
const FALLBACK_FLOOR = 1e-6;

type Range = BatchNormSummary['mean'];

/** The strips, the slider, what it points at, and the table; layers in the order of the network. */
export function StatisticsChart({ layers }: { readonly layers: readonly BatchNormSummary[] }) {
  const at = useSignal(0);
  const words = more.value.trunk.statistics;
  const layer = layers[at.value];
  if (layer === undefined) return <p>{words.none}</p>;
  const means = layers.map(({ mean }) => mean);
  const variances = layers.map(({ variance }) => variance);
  const floor = Math.min(...layers.map(({ epsilon }) => epsilon).filter((epsilon) => epsilon > 0));
  const strip = { at: at.value, onPoint: (i: number) => (at.value = Math.min(i, layers.length - 1)) };
  return (
    <div class="statistics">
      <div class="statistics-strips" style={{ '--layers': String(layers.length) }}>
        <Strip
          {...strip}
          title={words.mean}
          ranges={means}
          scale={signedScale(means.flatMap(({ min, max }) => [min, max]))}
        />
        <Strip
          {...strip}
          title={words.variance}
          ranges={variances}
          scale={logScale(
            variances.map(({ max }) => max),
            Number.isFinite(floor) ? floor : FALLBACK_FLOOR,
          )}
        />
        <div class="statistics-scrub">
          <input
            type="range"
            min={0}
            max={layers.length - 1}
            step={1}
            value={at.value}
            aria-label={words.slider}
            aria-valuetext={`${layer.layer}, ${sentence(layer)}`}
            onInput={({ currentTarget }) => {
              at.value = currentTarget.valueAsNumber;
            }}
          />
        </div>
      </div>
      <div class="statistics-layer">
        <p>
          <code>{layer.layer}</code> <span class="note">{words.place(at.value + 1, layers.length)}</span>
        </p>
        <p>{sentence(layer)}.</p>
        {layer.variance.min < layer.epsilon && (
          <p class="note">{words.epsilonNote(formatValue(layer.epsilon))}</p>
        )}
      </div>
      <Table layers={layers} />
    </div>
  );
}

function Strip({
  title,
  ranges,
  scale: { place, ticks },
  at,
  onPoint,
}: {
  readonly title: string;
  readonly ranges: readonly Range[];
  readonly scale: Scale;
  /** The layer that is pointed at. */
  readonly at: number;
  readonly onPoint: (layer: number) => void;
}) {
  const y = (value: number) => (1 - place(value)) * HEIGHT;
  return (
    <div class="statistics-strip">
      <h3>{title}</h3>
      <div class="statistics-axis" aria-hidden="true">
        {ticks.map((tick) => (
          <span key={tick} style={{ '--place': String(place(tick)) }}>
            {formatValue(tick)}
          </span>
        ))}
      </div>
      <svg
        viewBox={`0 0 ${ranges.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        onPointerMove={({ currentTarget, clientX }) => {
          const { left, width } = currentTarget.getBoundingClientRect();
          onPoint(Math.max(0, Math.floor(((clientX - left) / width) * ranges.length)));
        }}
      >
        <rect class="marker" x={at} y={0} width={1} height={HEIGHT} />
        {ticks.map((tick) => (
          <line key={tick} x1={0} x2={ranges.length} y1={y(tick)} y2={y(tick)} />
        ))}
        {ranges.map(({ min, max }, i) => {
          const height = Math.max(y(min) - y(max), LEAST_HEIGHT);
          const middle = (y(min) + y(max)) / 2;
          return (
            <rect key={i} class="range" x={i + 0.15} y={middle - height / 2} width={0.7} height={height} />
          );
        })}
      </svg>
    </div>
  );
}

function sentence({ channels, mean, variance }: BatchNormSummary): string {
  const between = ({ min, max }: Range) => [formatValue(min), formatValue(max)] as const;
  return more.value.trunk.statistics.sentence(channels, between(mean), between(variance));
}

function Table({ layers }: { readonly layers: readonly BatchNormSummary[] }) {
  const words = more.value.trunk.statistics;
  return (
    <details>
      <summary>{words.table(layers.length)}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no pointer scrolls it with the arrow keys. */}
      <section class="table-scroll" tabIndex={0} aria-label={words.tableLabel}>
        <table>
          <thead>
            <tr>
              {Object.values(words.columns).map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {layers.map(({ layer, channels, mean, variance, epsilon }) => (
              <tr key={layer}>
                <th scope="row">{layer}</th>
                <td>{channels}</td>
                <td>{formatValue(mean.min)}</td>
                <td>{formatValue(mean.max)}</td>
                <td>{formatValue(variance.min)}</td>
                <td>{formatValue(variance.max)}</td>
                <td>{formatValue(epsilon)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
