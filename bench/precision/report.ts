// The figures of products in whole numbers as tables.
import { meanAndError } from '../measure.ts';
import { table } from '../table.ts';
import type { PrecisionFigure } from './accuracy.ts';
import type { Arithmetic } from './layers.ts';
import type { SpeedFigures } from './speed.ts';

export interface PrecisionFigures {
  readonly speed: readonly SpeedFigures[];
  readonly accuracy: readonly PrecisionFigure[];
}

const NAMES = { sixteen: 'words', eight: 'bytes' } as const satisfies Record<Arithmetic, string>;

export function printPrecision({ speed, accuracy }: PrecisionFigures): string {
  const [first] = speed;
  return [
    `Pointwise products in words and bytes, one image of ${first?.size} px to ${first?.cut}, ms, and times the floats of the same build`,
    table(
      ['', 'build', 'products', 'whole', '', 'pointwise', '', 'difference'],
      speed.flatMap(({ node, flags, contenders }) =>
        contenders.map((c) => [
          `Node ${node} ${flags.join(' ')}`.trim(),
          c.build === 'relaxed' ? 'relaxed SIMD' : 'SIMD128',
          c.arithmetic === null ? 'floats' : NAMES[c.arithmetic],
          ...[c.whole.toFixed(1), c.ratio.toFixed(2), c.pointwise.toFixed(1), c.pointwiseRatio.toFixed(2)],
          c.difference.toExponential(1),
        ]),
      ),
    ),
    '',
    'Accuracy, means of the draws in per cent: features in floats; in whole numbers, under the same heads; under heads of their own',
    table(
      ['products', 'px', 'a class', 'floats', 'same heads', 'own heads', 'named differently', 'distance'],
      groupsOf(accuracy).map((group) => {
        const [one] = group;
        const percent = (of: (figure: PrecisionFigure) => number) =>
          (100 * meanAndError(group.map(of)).mean).toFixed(2);
        return [
          ...[one === undefined ? '' : NAMES[one.arithmetic], String(one?.size), String(one?.perClass)],
          ...[percent((f) => f.floats), percent((f) => f.mixed), percent((f) => f.both)],
          ...[percent((f) => f.flips), (one?.distance ?? Number.NaN).toExponential(1)],
        ];
      }),
    ),
  ].join('\n');
}

/** Draws of the same case together. */
function groupsOf(figures: readonly PrecisionFigure[]): readonly (readonly PrecisionFigure[])[] {
  const groups = new Map<string, PrecisionFigure[]>();
  for (const figure of figures) {
    const key = `${figure.arithmetic} ${figure.size} ${figure.perClass}`;
    groups.set(key, [...(groups.get(key) ?? []), figure]);
  }
  return [...groups.values()];
}
