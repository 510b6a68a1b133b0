// What a backend is judged by, computed on it: the features of one golden input, one step of descent beside plain
// arithmetic, and the time that an image takes. Whether that is right is for self-test.ts to say.
import type { StartDescent } from '../../../src/head/descent.ts';
import type { Measurement } from '../protocol.ts';

const RUNS = 9;

/**
 * @param features of an input [size,size,3] in [-1,1]
 * @param start what trains there
 */
export async function measure(
  features: (input: Float32Array) => Promise<Float32Array>,
  size: number,
  start: StartDescent,
): Promise<Measurement> {
  const input = goldenInput(size);
  const result = await features(input);
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const begun = performance.now();
    await features(input);
    times.push(performance.now() - begun);
  }
  const ms = times.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN;
  return { features: Float32Array.from(result), ...(await descentStep(start)), ms };
}

/** Waves of several lengths, different in each channel: edges and plains for every filter. [size,size,3] in [-1,1] */
export function goldenInput(size: number): Float32Array {
  return Float32Array.from({ length: size * size * 3 }, (_, i) => {
    const channel = i % 3;
    const x = Math.floor(i / 3) % size;
    const y = Math.floor(i / (3 * size));
    return Math.sin(x / (3 + 4 * channel)) * Math.cos((y + x * channel) / 11);
  });
}

const DIM = 6;
const CLASSES = 3;
const BATCH = 4;
const RATE = 0.5;

/** One step of gradient descent on softmax regression: kernel, then bias, and what arithmetic says that they are. */
async function descentStep(start: StartDescent): Promise<Pick<Measurement, 'step' | 'stepExpected'>> {
  const batch = Array.from({ length: BATCH }, (_, b) => ({
    input: Float32Array.from({ length: DIM }, (_, d) => Math.sin(1 + 3 * b + d)),
    label: b % CLASSES,
    weight: 1,
  }));
  const descent = start([DIM, CLASSES], { kind: 'sgd', learningRate: RATE, l2: 0, rng: () => 0.75 });
  try {
    const before = (await descent.read()).layers[0];
    descent.step(batch);
    const after = (await descent.read()).layers[0];
    if (before === undefined || after === undefined) return { step: [Number.NaN], stepExpected: [0] };
    const kernel = Array.from(before.kernel);
    const bias = Array.from(before.bias);
    const all = Array.from({ length: CLASSES }, (_, k) => k);
    const updates = batch.map(({ input, label }) => {
      const logits = all.map((k) =>
        input.reduce((sum, x, d) => sum + x * (before.kernel[d * CLASSES + k] ?? 0), before.bias[k] ?? 0),
      );
      const total = logits.reduce((sum, z) => sum + Math.exp(z), 0);
      // d(loss) / d(logit) = (p - y) / b
      const slopes = logits.map((z, k) => (Math.exp(z) / total - (k === label ? 1 : 0)) / BATCH);
      return { input, slopes };
    });
    for (const { input, slopes } of updates) {
      slopes.forEach((slope, k) => {
        bias[k] = (bias[k] ?? 0) - RATE * slope;
        input.forEach((x, d) => {
          kernel[d * CLASSES + k] = (kernel[d * CLASSES + k] ?? 0) - RATE * slope * x;
        });
      });
    }
    return { step: [...after.kernel, ...after.bias], stepExpected: [...kernel, ...bias] };
  } finally {
    descent.dispose();
  }
}
