import { beforeAll, describe, expect, it } from 'vitest';
import { type Arithmetic, pointwiseSteps, type Seen, wholeLayer } from '../../../bench/precision/layers.ts';
import { compileProducts, openProducts } from '../../../bench/precision/products.ts';
import { WholeNumbers } from '../../../bench/precision/whole-numbers.ts';
import { readTrunk } from '../../../bench/read-trunk.ts';
import { engineModules } from '../../../bench/trunk/modules.ts';
import { DEFAULT_TRUNK, MODELS } from '../../../scripts/support/default-trunk.ts';
import { randomFrom } from '../../../src/head/random.ts';
import { lowerWasm } from '../../../src/trunk/engine/lower.ts';

const trunk = await readTrunk(`${MODELS}/${DEFAULT_TRUNK}`);
const { cut } = trunk.manifest.defaults;
const [relaxed] = engineModules();

beforeAll(compileProducts);

describe('products in whole numbers', () => {
  it.each(['sixteen', 'eight'] as const)('sums exactly, %s, for any number of pixels', (arithmetic) => {
    const step = pointwiseSteps(trunk.model, cut)[4];
    if (step === undefined) throw new Error('The trunk has fewer pointwise layers.');
    const [k = 0, n = 0] = trunk.model.weights.spec(step.kernel ?? '').shape.slice(2);
    const seed = Math.floor(Math.random() * 2 ** 31);
    const rng = randomFrom(seed);
    for (const pixels of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 17, 25, 60]) {
      const x = Float32Array.from({ length: pixels * k }, () => 12 * rng() - 6);
      expect(multiply(arithmetic, x, [pixels, k, n]), `seed ${seed}`).toEqual(
        exactly(arithmetic, x, [pixels, k, n]),
      );
    }
  });

  it('are near the floats of the same trunk: words within 1e-3 of the greatest, bytes not', async () => {
    if (relaxed?.build !== 'relaxed') return;
    const images = {
      data: Float32Array.from({ length: 64 * 64 * 3 }, (_, i) => (i % 17) / 16),
      shape: [1, 64, 64, 3],
    };
    const plain = lowerWasm(trunk.model, { cut, ...relaxed });
    const expected = (await plain.run(images)).data;
    const greatest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const errors = [];
    for (const arithmetic of ['sixteen', 'eight'] as const) {
      const numbers = new WholeNumbers({ model: trunk.model, cut }, arithmetic, 'relaxed');
      const lowering = lowerWasm(trunk.model, { cut, ...relaxed, start: numbers.start });
      expect((await lowering.run(images)).data).toEqual(expected);
      numbers.use();
      const { data } = await lowering.run(images);
      errors.push(
        data.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? 0))), 0) / greatest,
      );
    }
    expect(errors[0]).toBeGreaterThan(0);
    expect(errors[0]).toBeLessThan(1e-3);
    expect(errors[1]).toBeGreaterThan(1e-3);
  });
});

const SEEN: Seen = { low: -6, high: 6, samples: [-6, -3, 0, 3, 6] };

function layerOf(arithmetic: Arithmetic) {
  const step = pointwiseSteps(trunk.model, cut)[4];
  if (step === undefined) throw new Error('The trunk has fewer pointwise layers.');
  return { step, layer: wholeLayer(step, trunk.model, SEEN, arithmetic) };
}

/** By the kernels, with a residual, between -9 and 9. */
function multiply(
  arithmetic: Arithmetic,
  x: Float32Array,
  [pixels, k, n]: readonly [number, number, number],
) {
  const { layer } = layerOf(arithmetic);
  const memory = new WebAssembly.Memory({ initial: 10 });
  const products = openProducts('relaxed', memory);
  // Far from each other: the largest map has 60 pixels.
  const page = (index: number) => index * 65536;
  const [xAt, yAt, residual] = [page(1), page(2), page(3)];
  const [at, scaleAt, biasAt] = [page(4), page(5), page(6)];
  const [q, sums] = [page(7), page(8)];
  new Float32Array(memory.buffer, xAt, x.length).set(x);
  new Float32Array(memory.buffer, residual, pixels * n).fill(0.25);
  new Uint8Array(memory.buffer, at, layer.weights.byteLength).set(new Uint8Array(layer.weights.buffer));
  new Float32Array(memory.buffer, scaleAt, n).set(layer.scale);
  new Float32Array(memory.buffer, biasAt, n).set(layer.bias);
  const { step, zero } = layer.steps;
  if (arithmetic === 'sixteen') {
    products.quantize16(xAt, q, pixels * k, 1 / step);
    products.sixteen(q, at, scaleAt, biasAt, yAt, residual, k, n / 8, n * 4, -9, 9, pixels);
  } else {
    products.quantize8(xAt, q, sums, pixels, k, 1 / step, zero);
    products.eight(
      q,
      at,
      scaleAt,
      biasAt,
      yAt,
      residual,
      k,
      n / 8,
      n * 4,
      -9,
      9,
      pixels,
      sums,
      layer.correction,
    );
  }
  return new Float32Array(memory.buffer, yAt, pixels * n).slice();
}

/** The same in plain arithmetic, rounded where the kernels round. */
function exactly(arithmetic: Arithmetic, x: Float32Array, [pixels, k, n]: readonly [number, number, number]) {
  const { step, layer } = layerOf(arithmetic);
  const { weights } = trunk.model;
  const stored = weights.stored(step.kernel ?? '');
  const { quantization } = weights.spec(step.kernel ?? '');
  if (quantization?.dtype !== 'uint8') throw new Error('The kernel is not in bytes.');
  const zeroPoint = Math.round(-quantization.min / quantization.scale);
  const inverse = Math.fround(1 / layer.steps.step);
  const [lowest, highest] = arithmetic === 'sixteen' ? [-32768, 32767] : [0, 127];
  const q = Array.from(x, (value) =>
    Math.min(highest, Math.max(lowest, nearest(Math.fround(value * inverse)) + layer.steps.zero)),
  );
  return Float32Array.from({ length: pixels * n }, (_, at) => {
    const [p, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let i = 0; i < k; i++) sum += (q[p * k + i] ?? 0) * ((stored[i * n + j] ?? 0) - zeroPoint);
    const scaled = Math.fround(Math.fround(Math.fround(sum) * (layer.scale[j] ?? 0)) + (layer.bias[j] ?? 0));
    return Math.min(9, Math.max(-9, Math.fround(scaled + 0.25)));
  });
}

/** Halves go to the even number. */
function nearest(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}
