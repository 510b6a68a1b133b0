// The stored BatchNorm statistics: for each layer the range of its channels' means and variances, as two strips with
// one slider that names the layer under it, and as a table.
import type { BatchNormSummary } from '../../src/contract/api.ts';
import { formatValue } from '../format.ts';
import { h, svg } from './h.ts';
import { logScale, type Scale, signedScale } from './scale.ts';

/** Height of a strip in its own units; the width is one unit a layer. */
const HEIGHT = 100;
/** A range is drawn at least this high, or it could not be seen. */
const LEAST_HEIGHT = 1.5;
const FALLBACK_FLOOR = 1e-6;

/** The strips, the slider, what it points at, and the table. Layers in the order of the network. */
export function statisticsChart(layers: readonly BatchNormSummary[]): HTMLElement {
  if (layers.length === 0) return h('p', {}, 'This trunk has no BatchNorm layers.');
  const floor = Math.min(...layers.map(({ epsilon }) => epsilon).filter((epsilon) => epsilon > 0));
  const means = layers.map(({ mean }) => mean);
  const variances = layers.map(({ variance }) => variance);
  const strips = [
    strip('Moving mean', means, signedScale(means.flatMap(({ min, max }) => [min, max]))),
    strip(
      'Moving variance',
      variances,
      logScale(
        variances.map(({ max }) => max),
        Number.isFinite(floor) ? floor : FALLBACK_FLOOR,
      ),
    ),
  ];
  const slider = h('input', {
    type: 'range',
    min: 0,
    max: layers.length - 1,
    step: 1,
    value: 0,
    'aria-label': 'BatchNorm layer',
  });
  const details = h('div', { class: 'layer' });
  const show = () => {
    const layer = layers[slider.valueAsNumber];
    if (layer === undefined) return;
    for (const { marker } of strips) marker.setAttribute('x', slider.value);
    details.replaceChildren(...describe(layer, slider.valueAsNumber, layers.length));
    slider.setAttribute('aria-valuetext', `${layer.layer}, ${sentence(layer)}`);
  };
  slider.addEventListener('input', show);
  for (const { plot } of strips)
    plot.addEventListener('pointermove', (event) => {
      const box = plot.getBoundingClientRect();
      slider.value = String(Math.floor(((event.clientX - box.left) / box.width) * layers.length));
      show();
    });
  show();
  const figure = h(
    'div',
    { class: 'strips' },
    ...strips.map(({ element }) => element),
    h('div', { class: 'scrub' }, slider),
  );
  figure.style.setProperty('--layers', String(layers.length));
  return h('div', {}, figure, details, table(layers));
}

interface Strip {
  readonly element: HTMLElement;
  readonly plot: SVGSVGElement;
  /** The column that is pointed at; `x` is the layer's number. */
  readonly marker: SVGRectElement;
}

type Range = BatchNormSummary['mean'];

function strip(title: string, ranges: readonly Range[], { place, ticks }: Scale): Strip {
  const y = (value: number) => (1 - place(value)) * HEIGHT;
  const marker = svg('rect', { class: 'marker', y: 0, width: 1, height: HEIGHT });
  const plot = svg(
    'svg',
    { viewBox: `0 0 ${ranges.length} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    marker,
    ...ticks.map((tick) => svg('line', { x1: 0, x2: ranges.length, y1: y(tick), y2: y(tick) })),
    ...ranges.map(({ min, max }, i) => {
      const height = Math.max(y(min) - y(max), LEAST_HEIGHT);
      const middle = (y(min) + y(max)) / 2;
      return svg('rect', { class: 'range', x: i + 0.15, y: middle - height / 2, width: 0.7, height });
    }),
  );
  const labels = ticks.map((tick) => {
    const label = h('span', {}, formatValue(tick));
    label.style.setProperty('--place', String(place(tick)));
    return label;
  });
  const element = h(
    'div',
    { class: 'strip' },
    h('h3', {}, title),
    h('div', { class: 'axis', 'aria-hidden': 'true' }, ...labels),
    plot,
  );
  return { element, plot, marker };
}

function describe(layer: BatchNormSummary, i: number, of: number): readonly HTMLElement[] {
  return [
    h('p', {}, h('code', {}, layer.layer), h('span', { class: 'note' }, ` layer ${i + 1} of ${of}`)),
    h('p', {}, `${sentence(layer)}.`),
    ...(layer.variance.min < layer.epsilon
      ? [
          h(
            'p',
            { class: 'note' },
            `Some channels vary less than epsilon (${formatValue(layer.epsilon)}), which then does the dividing.`,
          ),
        ]
      : []),
  ];
}

function sentence({ channels, mean, variance }: BatchNormSummary): string {
  const between = ({ min, max }: Range) => `from ${formatValue(min)} to ${formatValue(max)}`;
  return `${channels} channels, means ${between(mean)}, variances ${between(variance)}`;
}

function table(layers: readonly BatchNormSummary[]): HTMLElement {
  const columns = [
    'Layer',
    'Channels',
    'Mean, least',
    'Mean, most',
    'Variance, least',
    'Variance, most',
    'Epsilon',
  ];
  return h(
    'details',
    {},
    h('summary', {}, `All ${layers.length} layers as a table`),
    h(
      'div',
      { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': 'Table of all BatchNorm layers' },
      h(
        'table',
        {},
        h('thead', {}, h('tr', {}, ...columns.map((name) => h('th', { scope: 'col' }, name)))),
        h(
          'tbody',
          {},
          ...layers.map(({ layer, channels, mean, variance, epsilon }) =>
            h(
              'tr',
              {},
              h('th', { scope: 'row' }, layer),
              h('td', {}, String(channels)),
              ...[mean.min, mean.max, variance.min, variance.max, epsilon].map((value) =>
                h('td', {}, formatValue(value)),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}
