// Each kind of layer on the engine over shapes that are hard on its kernels, against the lowering on tfjs.
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../../scripts/support/backend.ts';
import { BUILDS, engineAt } from '../../../support/engine.ts';
import {
  apply,
  chain,
  functional,
  inferAt,
  netOf,
  randomImages,
  relativeError,
} from '../../../support/trunk-nets.ts';

const { layers } = tf;
/** Softmax makes relative errors of its input's absolute ones, which grow with the window. */
const TOLERANCE = 5e-5;

beforeAll(startBackend);

type Wrap = (x: tf.SymbolicTensor) => tf.SymbolicTensor;

/** Both builds agree with tfjs at the output of a net on a map, with no tensor left. */
async function agrees(size: readonly [number, number], build: Wrap, seed: number, batch = 2): Promise<void> {
  const { oracle, model } = await netOf(functional(build, size), { seed });
  oracle.dispose();
  const images = randomImages([batch, ...size, 3], seed);
  const expected = await inferAt(model, model.graph.output, images);
  for (const engine of BUILDS) {
    const actual = await engineAt(model, engine, model.graph.output, images);
    expect(relativeError(actual, expected), engine).toBeLessThan(TOLERANCE);
  }
}

/** A map of any number of channels, made by a convolution. */
const widen = (c: number) => layers.conv2d({ filters: c, kernelSize: 1, activation: 'tanh' });

const side = fc.integer({ min: 7, max: 19 });
const size = fc.tuple(side, side);
const channels = fc.integer({ min: 1, max: 27 });
const strides = fc.integer({ min: 1, max: 3 });
const padding = fc.constantFrom('same' as const, 'valid' as const);
const activation = fc.constantFrom(
  ...(['linear', 'relu', 'relu6', 'sigmoid', 'tanh', 'swish', 'softmax'] as const),
);
const window = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }));
const common = {
  size,
  c: channels,
  strides,
  padding,
  activation,
  window,
  seed: fc.nat(),
  useBias: fc.boolean(),
};

const pair = ([a, b]: readonly [number, number]): [number, number] => [a, b];

describe('the engine', () => {
  it('convolves with any window, stride, padding, dilation and number of channels', async () => {
    const settings = fc.record({ ...common, filters: channels, dilation: fc.integer({ min: 1, max: 3 }) });
    await fc.assert(
      fc.asyncProperty(settings, async ({ size, c, filters, dilation, window, strides, seed, ...rest }) => {
        const reach = Math.max(...window.map((k) => (k - 1) * dilation + 1));
        const fits = reach <= Math.min(...size);
        const layer = layers.conv2d({
          ...{ filters, kernelSize: pair(window), ...rest },
          ...(fits && dilation > 1 ? { dilationRate: dilation } : { strides }),
        });
        await agrees(size, (x) => chain(x, widen(c), layer), seed);
      }),
      { numRuns: 80 },
    );
  });

  it('convolves images of three channels directly, whatever the window', async () => {
    const settings = fc.record({ ...common, filters: channels });
    await fc.assert(
      fc.asyncProperty(settings, async ({ size, filters, window, c: _, seed, ...rest }) => {
        const layer = layers.conv2d({ filters, kernelSize: pair(window), ...rest });
        await agrees(size, (x) => apply(layer, x), seed);
      }),
      { numRuns: 40 },
    );
  });

  it('convolves depthwise, with the fast windows and all others, and with a multiplier', async () => {
    const settings = fc.record({
      ...common,
      window: fc.oneof(fc.constantFrom<[number, number][]>([3, 3], [5, 5]), window),
      multiplier: fc.constantFrom(1, 1, 2, 3),
    });
    await fc.assert(
      fc.asyncProperty(settings, async ({ size, c, window, multiplier, seed, ...rest }) => {
        const layer = layers.depthwiseConv2d({
          ...{ kernelSize: pair(window), depthMultiplier: multiplier, ...rest },
        });
        await agrees(size, (x) => chain(x, widen(c), layer), seed);
      }),
      { numRuns: 80 },
    );
  });

  it('pads before a convolution as the file says, each side by its own', async () => {
    const edge = fc.integer({ min: 0, max: 4 });
    const edges = fc.tuple(edge, edge, edge, edge);
    const settings = fc.record({ ...common, edges, depthwise: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(settings, async ({ size, c, edges: [a, b, d, e], depthwise, seed, ...rest }) => {
        const shared = { kernelSize: 3, strides: rest.strides, activation: rest.activation };
        const layer = depthwise ? layers.depthwiseConv2d(shared) : layers.conv2d({ filters: 5, ...shared });
        const pad = layers.zeroPadding2d({
          padding: [
            [a, b],
            [d, e],
          ],
        });
        await agrees(size, (x) => chain(x, widen(c), pad, layer), seed);
      }),
      { numRuns: 40 },
    );
  });

  it('runs inverted residual blocks in strips', async () => {
    const settings = fc.record({
      ...common,
      window: fc.constantFrom(3, 5),
      project: channels,
      expand: fc.integer({ min: 20, max: 300 }),
      residual: fc.boolean(),
      batch: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(settings, async ({ size, c, window, expand, project, residual, seed, ...rest }) => {
        const norm = () => layers.batchNormalization();
        const relu6 = () => layers.reLU({ maxValue: 6 });
        const strides = residual ? 1 : rest.strides;
        const block: Wrap = (x) => {
          const input = apply(widen(c), x);
          const output = chain(
            ...([input, layers.conv2d({ filters: expand, kernelSize: 1, useBias: false }), norm()] as const),
            ...([relu6(), layers.depthwiseConv2d({ kernelSize: window, strides, padding: 'same' })] as const),
            ...([norm(), layers.activation({ activation: rest.activation })] as const),
            ...([layers.conv2d({ filters: residual ? c : project, kernelSize: 1 }), norm()] as const),
          );
          return residual ? apply(layers.add(), input, output) : output;
        };
        await agrees(size, block, seed, rest.batch);
      }),
      { numRuns: 40 },
    );
  });

  it('adds before a rectifier, whichever of the two is the convolution', async () => {
    const settings = fc.record({ ...common, swap: fc.boolean(), both: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(settings, async ({ size, c, swap, both, seed }) => {
        const convolve = () => layers.conv2d({ filters: c, kernelSize: 3, padding: 'same' });
        const sum: Wrap = (x) => {
          const input = apply(widen(c), x);
          const [a, b] = [apply(convolve(), input), both ? apply(convolve(), input) : input];
          return chain(apply(layers.add(), ...(swap ? [b, a] : [a, b])), layers.reLU(), convolve());
        };
        await agrees(size, sum, seed);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps what more than one layer reads, within a block too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record(common), async ({ size, c, seed }) => {
        const pointwise = (filters: number) => layers.conv2d({ filters, kernelSize: 1 });
        const net: Wrap = (x) => {
          const wide = chain(x, pointwise(c), layers.reLU());
          const deep = apply(layers.depthwiseConv2d({ kernelSize: 3, padding: 'same' }), wide);
          const narrow = apply(pointwise(c), deep);
          const sum = apply(layers.add(), narrow, wide);
          return apply(layers.concatenate(), wide, deep, narrow, sum, apply(layers.reLU(), sum));
        };
        await agrees(size, net, seed);
      }),
      { numRuns: 20 },
    );
  });

  it('pools by the largest and by the mean, over windows and whole maps', async () => {
    const kind = fc.constantFrom('max', 'mean', 'wholeMax', 'wholeMean');
    await fc.assert(
      fc.asyncProperty(
        fc.record({ ...common, kind }),
        async ({ size, c, window, strides, padding, kind, seed }) => {
          const options = { poolSize: pair(window), strides: pair([strides, strides]), padding };
          const pool = {
            max: () => layers.maxPooling2d(options),
            mean: () => layers.averagePooling2d(options),
            wholeMax: () => layers.globalMaxPooling2d({}),
            wholeMean: () => layers.globalAveragePooling2d({}),
          }[kind];
          await agrees(size, (x) => chain(x, widen(c), pool?.() ?? layers.flatten()), seed);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('joins, flattens and reshapes maps of any channels, and runs dense layers on them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ ...common, d: channels }),
        async ({ size, c, d, activation, useBias, seed }) => {
          const net: Wrap = (x) => {
            const joined = apply(layers.concatenate(), apply(widen(c), x), x, apply(widen(d), x));
            const [h, w] = size;
            const turned = apply(layers.reshape({ targetShape: [w, h, c + d + 3] }), joined);
            const pooled = apply(layers.averagePooling2d({ poolSize: 4 }), turned);
            return chain(pooled, layers.flatten(), layers.dense({ units: d, activation, useBias }));
          };
          await agrees(size, net, seed);
        },
      ),
      { numRuns: 30 },
    );
  });
});
