// Labelled features of the committed images by a trunk, and random subsets of them.
import { GARMENTS, type LabelledImage } from '../scripts/support/fashion.ts';
import { toImages } from '../scripts/support/features.ts';
import type { Pooling, Preprocessing } from '../src/contract/manifest.ts';
import { argMax } from '../src/head/evaluate.ts';
import { type Examples, joinRows, pickExamples } from '../src/head/examples.ts';
import type { Lowering } from '../src/trunk/lowering.ts';
import { poolFeatures } from '../src/trunk/pool.ts';

const BATCH = 8;

/** A way to make features. */
export interface Extractor {
  readonly trunk: Lowering;
  readonly preprocessing: Preprocessing;
}

/** Features of the same images by one extractor. */
export interface Extracted {
  readonly byPooling: Readonly<Record<Pooling, Examples>>;
  /** From the encoded image to features, ms an image, each batch. */
  readonly ms: readonly number[];
}

/** Runs the extractors in turns, batch by batch; each makes one pass for all poolings. */
export async function extractExamples(
  extractors: readonly Extractor[],
  images: readonly LabelledImage[],
): Promise<readonly Extracted[]> {
  const made = extractors.map(() => ({
    '1x1': [] as Float32Array[],
    '2x2': [] as Float32Array[],
    ms: [] as number[],
  }));
  for (let at = 0; at < images.length; at += BATCH) {
    const files = images.slice(at, at + BATCH).map(({ bytes }) => bytes);
    for (const [i, { trunk, preprocessing }] of extractors.entries()) {
      const start = performance.now();
      const activation = await trunk.run(await toImages(files, preprocessing));
      made[i]?.['1x1'].push(poolFeatures(activation, '1x1').data);
      made[i]?.['2x2'].push(poolFeatures(activation, '2x2').data);
      made[i]?.ms.push((performance.now() - start) / files.length);
    }
  }
  const examples = (parts: readonly Float32Array[]): Examples => ({
    features: joinRows(parts),
    classes: GARMENTS,
    labels: images.map(({ label }) => label),
  });
  return made.map((parts) => ({
    byPooling: { '1x1': examples(parts['1x1']), '2x2': examples(parts['2x2']) },
    ms: parts.ms,
  }));
}

/**
 * The same number of examples of each class, drawn without replacement, in random order.
 * @param options.rng uniform in [0,1)
 */
export function drawExamples(
  examples: Examples,
  { perClass, rng }: { readonly perClass: number; readonly rng: () => number },
): Examples {
  const order = Array.from(examples.labels, (label, row) => ({ label, row, key: rng() })).sort(
    (a, b) => a.key - b.key,
  );
  const taken = examples.classes.map(() => 0);
  const rows = order.filter(({ label }) => {
    const count = (taken[label] ?? 0) + 1;
    taken[label] = count;
    return count <= perClass;
  });
  return pickExamples(
    examples,
    rows.map(({ row }) => row),
  );
}

/**
 * Share of examples whose greatest output is that of their label.
 * @param outputs [n,k], probabilities or logits
 */
export function accuracyOf(outputs: Float64Array, { labels, classes }: Examples): number {
  const k = classes.length;
  const right = Array.from(labels).filter(
    (label, row) => argMax(outputs.subarray(row * k, (row + 1) * k)) === label,
  );
  return right.length / labels.length;
}

/**
 * Uniform numbers in [0,1), always the same ones for a seed.
 * @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c Mulberry32
 */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
