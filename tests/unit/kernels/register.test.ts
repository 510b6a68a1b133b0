// Convolutions, products and their gradients in tfjs's WASM heap, held against tfjs's plain JavaScript backend and finite differences.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../scripts/support/backend.ts';
import { chooseBuild } from '../../../src/kernels/build.ts';
import { heapOf } from '../../../src/kernels/heap.ts';
import { registerWasmTrainingKernels } from '../../../src/kernels/register.ts';
import { compile, difference, on, size, values } from '../../support/kernels.ts';

const geometry = fc.record({
  n: fc.integer({ min: 1, max: 4 }),
  h: fc.integer({ min: 1, max: 9 }),
  w: fc.integer({ min: 1, max: 9 }),
  c: fc.integer({ min: 1, max: 21 }),
  k: fc.integer({ min: 1, max: 21 }),
  m: fc.constantFrom(1, 1, 1, 2, 3),
  kh: fc.integer({ min: 1, max: 5 }),
  kw: fc.integer({ min: 1, max: 5 }),
  sh: fc.integer({ min: 1, max: 3 }),
  sw: fc.integer({ min: 1, max: 3 }),
  pad: fc.constantFrom('same' as const, 'valid' as const),
});

describe.each(['simd', 'relaxed'] as const)('the %s build', (build) => {
  const known = build === 'simd' || chooseBuild() === 'relaxed';

  beforeAll(async () => {
    await startBackend();
    if (known) await registerWasmTrainingKernels({ compile, build });
  });

  it.runIf(known)('convolves any shape with any stride and padding', async () => {
    await fc.assert(
      fc.asyncProperty(geometry, async ({ n, h, w, c, k, kh, kw, sh, sw, pad }) => {
        fc.pre(pad === 'same' || (kh <= h && kw <= w));
        const run = () =>
          tf.conv2d(
            tf.tensor4d(values(n * h * w * c, 1), [n, h, w, c]),
            tf.tensor4d(values(kh * kw * c * k, 2), [kh, kw, c, k]),
            [sh, sw],
            pad,
          );
        expect(difference(await on('wasm', run), await on('cpu', run))).toBeLessThan(2e-6);
      }),
      { numRuns: 80 },
    );
  });

  it.runIf(known)('convolves a batch whose images are taken several at a time', async () => {
    const run = () =>
      tf.conv2d(
        tf.tensor4d(values(7 * 13 * 13 * 17, 1), [7, 13, 13, 17]),
        tf.tensor4d(values(9 * 17 * 9, 2), [3, 3, 17, 9]),
        1,
        'same',
      );
    expect(difference(await on('wasm', run), await on('cpu', run))).toBeLessThan(2e-6);
  });

  it.runIf(known)('leaves dilated convolutions to tfjs', async () => {
    const run = () =>
      tf.conv2d(
        tf.tensor4d(values(9 * 9 * 20, 1), [1, 9, 9, 20]),
        tf.tensor4d(values(9 * 20 * 4, 2), [3, 3, 20, 4]),
        1,
        'same',
        'NHWC',
        2,
      );
    expect(difference(await on('wasm', run), await on('cpu', run))).toBeLessThan(2e-6);
  });

  it.runIf(known)('gives the gradients of convolutions of any shape, stride and padding', async () => {
    await fc.assert(
      fc.asyncProperty(geometry, async ({ n, h, w, c, k, kh, kw, sh, sw, pad }) => {
        fc.pre(pad === 'same' || (kh <= h && kw <= w));
        const info = tf.backend_util.computeConv2DInfo([n, h, w, c], [kh, kw, c, k], [sh, sw], 1, pad);
        const x = values(n * h * w * c, 1);
        const filter = values(kh * kw * c * k, 2);
        const dy = values(size(info.outShape), 3);
        const run = (wrt: 'x' | 'filter') => () => {
          const loss = (a: tf.Tensor, b: tf.Tensor) =>
            tf.sum(
              tf.mul(
                tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, [sh, sw], pad),
                tf.tensor4d(dy, info.outShape),
              ),
            );
          const [dx, df] = tf.grads(loss)([
            tf.tensor4d(x, [n, h, w, c]),
            tf.tensor4d(filter, [kh, kw, c, k]),
          ]);
          return (wrt === 'x' ? dx : df) ?? tf.scalar(0);
        };
        for (const wrt of ['x', 'filter'] as const)
          expect(difference(await on('wasm', run(wrt)), await on('cpu', run(wrt)))).toBeLessThan(2e-6);
      }),
      { numRuns: 60 },
    );
  });

  it.runIf(known)('gives the gradients of depthwise convolutions, channel multipliers too', async () => {
    await fc.assert(
      fc.asyncProperty(geometry, async ({ n, h, w, c, m, kh, kw, sh, pad }) => {
        fc.pre(pad === 'same' || (kh <= h && kw <= w));
        const s: [number, number] = [sh, sh];
        const info = tf.backend_util.computeConv2DInfo(
          [n, h, w, c],
          [kh, kw, c, m],
          s,
          1,
          pad,
          undefined,
          true,
        );
        const x = values(n * h * w * c, 1);
        const filter = values(kh * kw * c * m, 2);
        const dy = values(size(info.outShape), 3);
        const shared = { strides: s, pad, dilations: [1, 1] as [number, number] };
        const gradient = (kernel: string, inputs: Record<string, () => tf.Tensor>, attrs: object) => () =>
          tf
            .engine()
            .runKernel(
              kernel,
              Object.fromEntries(Object.entries(inputs).map(([name, make]) => [name, make()])),
              { ...shared, ...attrs },
            ) as tf.Tensor;
        const tensors = {
          x: () => tf.tensor4d(x, [n, h, w, c]),
          dy: () => tf.tensor4d(dy, info.outShape),
          filter: () => tf.tensor4d(filter, [kh, kw, c, m]),
        };
        const ofFilter = gradient(
          'DepthwiseConv2dNativeBackpropFilter',
          { x: tensors.x, dy: tensors.dy },
          { filterShape: [kh, kw, c, m] },
        );
        const ofInput = gradient(
          'DepthwiseConv2dNativeBackpropInput',
          { dy: tensors.dy, filter: tensors.filter },
          { inputShape: [n, h, w, c] },
        );
        for (const run of [ofFilter, ofInput])
          expect(difference(await on('wasm', run), await on('cpu', run))).toBeLessThan(2e-6);
      }),
      { numRuns: 80 },
    );
  });

  it.runIf(known)('multiplies matrices, transposed or not, a batch with one or with as many', async () => {
    const side = fc.integer({ min: 1, max: 30 });
    const shape = fc.record({ m: side, n: side, k: fc.integer({ min: 1, max: 1100 }), batch: side });
    const flags = fc.record({ a: fc.boolean(), b: fc.boolean(), oneA: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(shape, flags, async ({ m, n, k, batch }, { a, b, oneA }) => {
        const count = Math.min(batch, 3);
        const shapeA = [oneA ? 1 : count, ...(a ? [k, m] : [m, k])] as [number, number, number];
        const shapeB = [count, ...(b ? [n, k] : [k, n])] as [number, number, number];
        const run = () =>
          tf.matMul(
            tf.tensor3d(values(size(shapeA), 6), shapeA),
            tf.tensor3d(values(size(shapeB), 7), shapeB),
            a,
            b,
          );
        expect(difference(await on('wasm', run), await on('cpu', run))).toBeLessThan(1e-5);
      }),
      { numRuns: 60 },
    );
  });

  it.runIf(known)('sums the rows of each segment, and leaves out ids that are no segment', async () => {
    await tf.setBackend('wasm');
    const sums = tf.tidy(() =>
      tf
        .unsortedSegmentSum(
          tf.tensor2d([1, 2, 3, 4, 5, 10, 20, 30, 40, 50, 100, 200, 300, 400, 500], [3, 5]),
          tf.tensor1d([1, 0, 1], 'int32'),
          3,
        )
        .arraySync(),
    );
    expect(sums).toEqual([
      [10, 20, 30, 40, 50],
      [1 + 100, 2 + 200, 3 + 300, 4 + 400, 5 + 500],
      [0, 0, 0, 0, 0],
    ]);
  });

  it.runIf(known)('agrees with finite differences', async () => {
    await tf.setBackend('wasm');
    const x = values(2 * 5 * 5 * 6, 4);
    const filter = values(3 * 3 * 6 * 4, 5);
    const loss = (f: Float32Array) =>
      tf.tidy(
        () =>
          tf
            .sum(tf.square(tf.conv2d(tf.tensor4d(x, [2, 5, 5, 6]), tf.tensor4d(f, [3, 3, 6, 4]), 2, 'same')))
            .dataSync()[0] ?? Number.NaN,
      );
    const slopes = tf.tidy(() =>
      tf
        .grad((f) => tf.sum(tf.square(tf.conv2d(tf.tensor4d(x, [2, 5, 5, 6]), f as tf.Tensor4D, 2, 'same'))))(
          tf.tensor4d(filter, [3, 3, 6, 4]),
        )
        .dataSync(),
    );
    const step = 2 ** -6;
    for (const at of [0, 17, 100, 215]) {
      const moved = (by: number) => filter.map((value, i) => (i === at ? value + by : value));
      const slope = (loss(moved(step)) - loss(moved(-step))) / (2 * step);
      expect(slopes[at]).toBeCloseTo(slope, 1);
    }
  });

  it.runIf(known)('leaks nothing, and goes on when the heap grows', async () => {
    await tf.setBackend('wasm');
    const step = (n: number) =>
      tf.tidy(() => {
        const x = tf.ones([n, 14, 14, 96]) as tf.Tensor4D;
        const g = tf.grad((f) => tf.sum(tf.conv2d(x, f as tf.Tensor4D, 1, 'same')))(tf.ones([1, 1, 96, 160]));
        return g.dataSync()[0];
      });
    expect(step(1)).toBe(14 * 14);
    const before = tf.memory();
    // 64 x 14 x 14 x 256 floats and their scratch do not fit into the heap's first 16 MB.
    expect(step(64)).toBe(64 * 14 * 14);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(step(1)).toBe(14 * 14);
  });
});

describe('registerWasmTrainingKernels', () => {
  it('says what to do when another backend is current', async () => {
    await tf.setBackend('cpu');
    await expect(registerWasmTrainingKernels({ compile })).rejects.toThrow("tf.setBackend('wasm')");
  });

  it('refuses the threaded backend, which keeps its heap to itself, and says how to start the other', () => {
    const wasm = createRequire(import.meta.url).resolve(
      '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm',
    );
    const module = new WebAssembly.Module(new Uint8Array(readFileSync(wasm)));
    const asm = Object.fromEntries(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
    expect(Object.values(asm)).not.toContain('memory');
    expect(() => heapOf({ wasm: { asm } })).toThrow('WASM_HAS_MULTITHREAD_SUPPORT false');
  });

  it('may be called again, and still passes on to tfjs what it does not do', async () => {
    await startBackend();
    await registerWasmTrainingKernels({ compile });
    await registerWasmTrainingKernels({ compile, build: 'simd' });
    const sums = tf.tidy(() => tf.sum(tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]), 1).arraySync());
    expect(sums).toEqual([1 + 2 + 3, 4 + 5 + 6]);
  });

  it('says which convolutions have no gradient', async () => {
    await startBackend();
    await registerWasmTrainingKernels({ compile });
    const gradient = (attrs: object) => () =>
      tf.tidy(() =>
        tf
          .engine()
          .runKernel(
            'Conv2DBackpropFilter',
            { x: tf.ones([1, 9, 9, 2]), dy: tf.ones([1, 9, 9, 2]) },
            { strides: 1, pad: 'same', filterShape: [3, 3, 2, 2], ...attrs },
          ),
      );
    expect(gradient({ dilations: 2 })).toThrow('Dilated');
    expect(gradient({ dataFormat: 'NCHW' })).toThrow('use NHWC');
    expect(gradient({})).not.toThrow();
  });
});
