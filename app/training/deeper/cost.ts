// What a fine-tuning will take on this device: two epochs of one step each on made-up activations, the second one timed.
import { fineTune } from '../../../src/head/fine-tune.ts';
import { poolingFactor } from '../../../src/trunk/pool.ts';
import { lowerTrain, type WeightFacts } from '../../../src/trunk/train.ts';
import type { FineTuneCost } from '../deeper.ts';
import type { Calls } from '../protocol.ts';
import { defaultRecipe } from '../recipe.ts';
import type { Trunk } from '../trunk.ts';
import { KEPT_BYTES } from './activations.ts';
import { optionsOf, VARIANTS } from './fine-tuning.ts';
import { stepBytes } from './memory.ts';

/** Share of the made-up examples that is held out. */
const HELD_OUT = 0.2;
/** A stored photo to pixels, and its variant, ms, on a middling device. */
const DECODE_MS = 10;
/** Of a step that is spent going forward, which is all that features need. */
const FORWARD = 1 / 3;
const FLOAT = 4;
const HALF = 2;
/** Of what is trained: its values, the best ones, two moments, and one copy on its way. */
const COPIES = 5;
/** The backend with the trunk, before anything is trained. */
const BASE_BYTES = 30 * 1024 * 1024;
/** Of a head's file: header, labels and report. */
const HEADER_BYTES = 16 * 1024;

/**
 * @param ask.photos how many photos and classes there are
 * @throws AppError `not_found`, `not_trainable`; DeviceError `training_too_large`
 */
export async function fineTuneCost(
  trunk: Trunk,
  { settings, photos, classes }: Calls['fineTuneCost']['ask'],
): Promise<FineTuneCost> {
  const { from, to, batchSize, epochs, validation, augment, batchNorm } = settings;
  const { pooling, preprocessing } = defaultRecipe(trunk.manifest);
  const { size } = preprocessing;
  const frozen = trunk.upTo(from);
  const image = { data: new Float32Array(size * size * 3).fill(0.5), shape: [1, size, size, 3] };
  const map = await frozen.run(image);
  const frozenMs = await timed(() => frozen.run(image));
  const top = lowerTrain(trunk.model, { from, to });
  try {
    const step = stepBytes(top, map.shape.slice(1), settings);
    const n = Math.ceil(batchSize / (1 - HELD_OUT)) + 2;
    const training = fineTune(
      top,
      {
        classes: ['a', 'b'],
        labels: Array.from({ length: n }, (_, i) => i % 2),
        bursts: Array.from({ length: n }, () => null),
        variants: 1,
        activations: async (examples) => ({
          data: varied(map.data, examples),
          shape: [examples.length, ...map.shape.slice(1)],
        }),
      },
      { ...optionsOf(settings), pooling, epochs: 2, patience: 0, validation: HELD_OUT },
    );
    await training.next();
    await training.next();
    const epochMs = await timed(() => training.next());
    const facts = top.describe();
    await training.return(undefined as never);

    const learnt = Math.ceil(photos * (1 - validation));
    const seen = (augment ? Math.min(VARIANTS - 1, epochs) * learnt : 0) + photos;
    // Each epoch learns from most, and judges by the rest; features of all are needed before the first.
    const judged = (epochs + 1) * (photos - learnt) + photos;
    const steps = (epochs * learnt + FORWARD * judged) / batchSize;
    const moves = batchNorm.trainable && batchNorm.training;
    const changed = facts.filter(({ trainable, role }) => trainable || (moves && role.startsWith('moving')));
    const kernels = countOf(changed.filter(({ role }) => role === 'kernel'));
    const dim = dimAt(trunk, to) * poolingFactor(pooling);
    const dense = (dim + 1) * classes;
    return {
      seconds: (seen * (frozenMs + DECODE_MS) + steps * epochMs) / 1_000,
      bytes:
        BASE_BYTES +
        step +
        Math.min(KEPT_BYTES, seen * map.data.byteLength) +
        COPIES * FLOAT * countOf(changed),
      headBytes: HALF * kernels + FLOAT * (countOf(changed) - kernels + dense + 2 * dim) + HEADER_BYTES,
      parameters: countOf(facts.filter(({ trainable }) => trainable)) + dense,
    };
  } finally {
    top.dispose();
  }
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** Each example's map a little different, so that there is something to learn. */
function varied(map: Float32Array, examples: readonly number[]): Float32Array {
  const all = new Float32Array(map.length * examples.length);
  examples.forEach((example, i) => {
    all.set(
      map.map((value, k) => value * (1 + 0.1 * Math.sin(example + k))),
      i * map.length,
    );
  });
  return all;
}

function countOf(weights: readonly WeightFacts[]): number {
  return weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

function dimAt({ manifest }: Trunk, cut: string): number {
  return manifest.cuts.find(({ layer }) => layer === cut)?.dim ?? 0;
}
