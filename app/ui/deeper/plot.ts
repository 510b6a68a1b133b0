// Curves on a canvas, by uPlot. Fetched when the first chart is shown, with its style sheet. The canvas says nothing to
// a screen reader: what uses it gives its figures in words too.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatPercent, formatValue } from '../../format.ts';

export interface Curve {
  /** The custom property that holds its colour. */
  readonly colour: string;
  /** Lengths of dashes and gaps, px; null: a line without gaps. */
  readonly dash: readonly number[] | null;
  /** From the first x on; null: not known. */
  readonly values: readonly (number | null)[];
}

export interface Plot {
  draw(curves: readonly Curve[]): void;
  remove(): void;
}

const HEIGHT_PX = 180;
const FONT = '12px system-ui, sans-serif';

/**
 * Draws curves over whole numbers into `host`, as wide as it is, in the colours of the theme, whenever it changes.
 * @param options.shares whether the values are shares, from 0 to 1
 */
export function createPlot(
  host: HTMLElement,
  { from, to, shares }: { readonly from: number; readonly to: number; readonly shares: boolean },
): Plot {
  let plot: uPlot | null = null;
  let shown: readonly Curve[] = [];

  function make(): void {
    plot?.destroy();
    const axis = {
      stroke: colourOf(host, '--soft'),
      font: FONT,
      grid: { stroke: colourOf(host, '--line'), width: 1 },
    };
    plot = new uPlot(
      {
        width: Math.max(host.clientWidth, 1),
        height: HEIGHT_PX,
        legend: { show: false },
        cursor: { show: false },
        padding: [8, 8, 0, 0],
        scales: {
          x: { time: false, range: [from, Math.max(to, from + 1)] },
          y: {
            range: (_, low, high) => [Math.min(0, low ?? 0), shares ? 1 : Math.max((high ?? 1) * 1.05, 1e-6)],
          },
        },
        axes: [
          { ...axis, size: 28, incrs: [1, 2, 5, 10, 20, 50, 100] },
          {
            ...axis,
            size: 56,
            values: (_, ticks) => ticks.map(shares ? formatPercent : formatValue),
          },
        ],
        series: [
          {},
          ...shown.map(({ colour, dash }) => ({
            stroke: colourOf(host, colour),
            width: 2,
            points: { show: false },
            ...(dash === null ? {} : { dash: [...dash] }),
          })),
        ],
      },
      dataOf(shown, from),
      host,
    );
  }

  const onTheme = () => make();
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', onTheme);
  const theme = new MutationObserver(onTheme);
  theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  const size = new ResizeObserver(() => plot?.setSize({ width: host.clientWidth, height: HEIGHT_PX }));
  size.observe(host);

  return {
    draw(curves) {
      const same = plot !== null && curves.length === shown.length;
      shown = curves;
      if (same) plot?.setData(dataOf(shown, from));
      else make();
    },
    remove() {
      scheme.removeEventListener('change', onTheme);
      theme.disconnect();
      size.disconnect();
      plot?.destroy();
    },
  };
}

function dataOf(curves: readonly Curve[], from: number): uPlot.AlignedData {
  const length = Math.max(0, ...curves.map(({ values }) => values.length));
  const all = Array.from({ length }, (_, i) => i);
  return [all.map((i) => from + i), ...curves.map(({ values }) => all.map((i) => values[i] ?? null))];
}

/** What a custom property is worth here and now; a canvas knows none. */
function colourOf(host: HTMLElement, property: string): string {
  const probe = host.ownerDocument.createElement('span');
  probe.style.color = `var(${property})`;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
