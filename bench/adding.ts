// What a photo more costs a ridge head: fitted anew by our kernels, or added exactly in plain arithmetic; and what it would
// cost to only copy the factor that is changed into a WASM memory and back.
import { type Algebra, PLAIN_ALGEBRA } from '../src/head/algebra.ts';
import type { Examples } from '../src/head/examples.ts';
import { createMatrix } from '../src/head/matrix.ts';
import { fitRidge } from '../src/head/ridge.ts';
import { drawExamples, randomFrom } from './examples.ts';
import { interleave, summarise } from './measure.ts';
import { table } from './table.ts';

/** Medians in ms. */
export interface AddingFigures {
  readonly examples: number;
  /** The whole fit, with its choice of penalty, held-out predictions and calibration. */
  readonly fitMs: number;
  /** The change of the factor by one example more. */
  readonly addMs: number;
  readonly removeMs: number;
  readonly copyMs: number;
}

/** @param algebra what fits anew */
export async function benchAdding(
  train: Examples,
  {
    perClass,
    rounds,
    algebra,
  }: { readonly perClass: number; readonly rounds: number; readonly algebra: Algebra },
): Promise<AddingFigures> {
  const drawn = drawExamples(train, { perClass, rng: randomFrom(1) });
  const n = drawn.labels.length;
  const dim = drawn.features.length / n;
  const model = fitRidge(drawn, { algebra: PLAIN_ALGEBRA });
  // The factor is made when it is first needed.
  model.coefficients();
  const added = drawn.features.slice(0, dim);
  const label = drawn.classes[drawn.labels[0] ?? 0] ?? '';
  const factor = createMatrix(Math.min(n, dim + 1), Math.min(n, dim + 1));
  const memory = new WebAssembly.Memory({ initial: Math.ceil(factor.data.byteLength / 65_536) });
  const inside = new Float64Array(memory.buffer, 0, factor.data.length);
  const samples = await interleave(
    [
      { name: 'fit', run: async () => fitRidge(drawn, { algebra }).train() },
      { name: 'add', run: async () => model.add(added, label) },
      { name: 'remove', run: async () => model.remove(0) },
      {
        name: 'copy',
        run: async () => {
          inside.set(factor.data);
          factor.data.set(inside);
        },
      },
    ],
    { rounds, warmup: 3 },
  );
  const [fitMs = 0, addMs = 0, removeMs = 0, copyMs = 0] = samples.map((ms) => summarise(ms).median);
  return { examples: n, fitMs, addMs, removeMs, copyMs };
}

export function printAdding(figures: readonly AddingFigures[]): string {
  return table(
    ['one example more, ms', 'fit anew', 'add it', 'take one off', 'copy the factor'],
    figures.map(({ examples, ...ms }) => [
      `${examples} before`,
      ...[ms.fitMs, ms.addMs, ms.removeMs, ms.copyMs].map((value) => value.toFixed(2)),
    ]),
  );
}
