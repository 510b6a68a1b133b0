// The lowering for training: gradients against tfjs-layers and finite differences, flags, dropout, leaks.
// On the cpu backend: the WASM backend has no gradients of convolutions.
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TrunkModel } from '../../../src/trunk/model-files.ts';
import { lowerTrain, type TrainableTop } from '../../../src/trunk/train.ts';
import {
  asTensor,
  chain,
  evaluate,
  functional,
  type Net,
  netOf,
  randomImages,
  randomOf,
} from '../../support/trunk-nets.ts';

const { layers } = tf;
const IMAGES = randomImages([3, 6, 5, 3]);

let net: Net;

beforeAll(async () => {
  await tf.setBackend('cpu');
  net = await netOf(
    functional(
      (x) =>
        chain(
          x,
          layers.conv2d({ filters: 4, kernelSize: 3, useBias: false, name: 'conv' }),
          layers.batchNormalization({ name: 'bn1', momentum: 0.9 }),
          layers.activation({ activation: 'tanh', name: 'cut' }),
          layers.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 2, padding: 'same', name: 'depth' }),
          layers.batchNormalization({ name: 'bn2', momentum: 0.9 }),
          layers.activation({ activation: 'swish', name: 'act' }),
          layers.globalAveragePooling2d({ name: 'pool' }),
          layers.dense({ units: 3, name: 'dense' }),
        ),
      [6, 5],
    ),
    // Without a variance of 0, beside which finite differences are not small.
    {
      weights: { 'bn1/moving_variance': [1, 0.5, 2, 1], 'bn2/moving_variance': [1, 2, 1, 0.5, 1, 2, 1, 0.5] },
    },
  );
});

/** Names of the variables that `trainableVariables` gives when all layers are trainable, in its order. */
function variableNames({ graph }: TrunkModel): readonly string[] {
  return graph.nodes
    .flatMap(({ weights }) => Object.entries(weights))
    .filter(([role]) => !role.startsWith('moving'))
    .map(([, name]) => name);
}

/** The output summed, each value times a fixed random number. */
function loss(y: tf.Tensor): tf.Scalar {
  const random = randomOf(5);
  const factors = tf.tensor(
    Array.from({ length: y.size }, () => random() - 0.5),
    y.shape,
  );
  return tf.sum(tf.mul(y, factors));
}

type Gradients = ReadonlyMap<string, Float32Array>;

function gradientsOf(
  run: () => tf.Tensor,
  variables: readonly tf.Variable[],
  names: readonly string[],
): Gradients {
  const { grads, value } = tf.variableGrads(() => loss(run()), [...variables]);
  const byName = new Map(
    variables.map((variable, i) => [
      names[i] ?? '',
      Float32Array.from(grads[variable.name]?.dataSync() ?? []),
    ]),
  );
  tf.dispose([value, ...Object.values(grads)]);
  return byName;
}

/** Gradients by tfjs-layers, which does as Keras does where all layers are trainable. */
function oracleGradients(training: boolean): Gradients {
  const weights = net.oracle.trainableWeights;
  const variables = weights.map((weight) => weight.read() as tf.Variable);
  const run = () => net.oracle.apply(asTensor(IMAGES), { training }) as tf.Tensor;
  return gradientsOf(
    run,
    variables,
    weights.map(({ originalName }) => originalName),
  );
}

function expectGradients(actual: Gradients, expected: Gradients, tolerance: number): void {
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [name, values] of expected) {
    const found = actual.get(name) ?? [];
    const largest = Math.max(...values.map(Math.abs), 1e-3);
    expect(found.length, name).toBe(values.length);
    values.forEach((value, i) => {
      expect(Math.abs((found[i] ?? Number.NaN) - value) / largest, `${name}[${i}]`).toBeLessThan(tolerance);
    });
  }
}

/** (loss(w + h) - loss(w - h)) / 2h for every value of every trainable variable. */
function finiteDifferences(top: TrainableTop, run: () => tf.Tensor, names: readonly string[]): Gradients {
  const h = 1e-2;
  const lossAt = (variable: tf.Variable, values: Float32Array) => {
    const value = tf.tensor(values, variable.shape);
    variable.assign(value);
    value.dispose();
    return evaluate(() => loss(run())).data[0] ?? Number.NaN;
  };
  return new Map(
    top.trainableVariables().map((variable, v) => {
      const values = Float32Array.from(variable.dataSync());
      const slopes = values.map((value, i) => {
        const up = lossAt(variable, values.with(i, value + h));
        return (up - lossAt(variable, values.with(i, value - h))) / (2 * h);
      });
      lossAt(variable, values);
      return [names[v] ?? '', slopes];
    }),
  );
}

describe('gradients of lowerTrain', () => {
  it.each([true, false])('are those of tfjs-layers, training %s', (training) => {
    const top = lowerTrain(net.model, { from: null, to: 'dense', trainable: true });
    const run = () => top.call(asTensor(IMAGES), { training });
    const names = variableNames(net.model);
    const actual = gradientsOf(run, top.trainableVariables(), names);
    top.dispose();
    const before = net.oracle.getWeights().map((w) => w.clone());
    expectGradients(actual, oracleGradients(training), 1e-4);
    net.oracle.setWeights(before);
    tf.dispose(before);
  });

  it.each<[string, (layer: string) => boolean, boolean]>([
    ['all layers trainable, training', () => true, true],
    ['all layers trainable, not training', () => true, false],
    ['frozen batchNorm, training', (layer) => !layer.startsWith('bn'), true],
    ['the first batchNorm frozen, training', (layer) => layer !== 'bn1', true],
    ['batchNorm alone, training', (layer) => layer.startsWith('bn'), true],
  ])('are the finite differences: %s', (_, trainable, training) => {
    const top = lowerTrain(net.model, { from: null, to: 'dense', trainable });
    const run = () => top.call(asTensor(IMAGES), { training });
    const names = variableNames(net.model).filter((name) => trainable(name.split('/')[0] ?? ''));
    const actual = gradientsOf(run, top.trainableVariables(), names);
    expectGradients(actual, finiteDifferences(top, run, names), 2e-2);
    top.dispose();
  });

  it('through a frozen batchNorm are those of inference, training or not', () => {
    const top = lowerTrain(net.model, {
      from: null,
      to: 'dense',
      trainable: (layer) => !layer.startsWith('bn'),
    });
    const at = (training: boolean) =>
      gradientsOf(() => top.call(asTensor(IMAGES), { training }), top.trainableVariables(), [
        'a',
        'b',
        'c',
        'd',
        'e',
      ]);
    expect(at(true)).toEqual(at(false));
    top.dispose();
  });
});

describe('the moving statistics of lowerTrain', () => {
  it('move as those of tfjs-layers do', () => {
    const top = lowerTrain(net.model, { from: null, to: 'dense', trainable: true });
    const before = net.oracle.getWeights().map((w) => w.clone());
    for (let i = 0; i < 3; i++) {
      evaluate(() => top.call(asTensor(IMAGES), { training: true }));
      evaluate(() => net.oracle.apply(asTensor(IMAGES), { training: true }) as tf.Tensor);
    }
    for (const { layer, mean, variance } of top.statistics()) {
      const [, , movingMean, movingVariance] = net.oracle.getLayer(layer).getWeights();
      movingMean?.dataSync().forEach((value, c) => {
        expect(mean[c], `${layer} mean`).toBeCloseTo(value, 5);
      });
      movingVariance?.dataSync().forEach((value, c) => {
        expect(variance[c], `${layer} variance`).toBeCloseTo(value, 5);
      });
    }
    net.oracle.setWeights(before);
    tf.dispose(before);
    top.dispose();
  });

  it('of frozen layers stay, and the output is that of inference, bit for bit', () => {
    const top = lowerTrain(net.model, { from: null, to: 'dense' });
    const before = top.weights();
    const inferred = evaluate(() => top.call(asTensor(IMAGES), { training: false }));
    expect(evaluate(() => top.call(asTensor(IMAGES), { training: true }))).toEqual(inferred);
    expect(top.weights()).toEqual(before);
    expect(top.trainableVariables()).toEqual([]);
    top.dispose();
  });
});

describe('lowerTrain', () => {
  it('begins after a cut with the activation there', () => {
    const [whole, lower, upper] = [
      lowerTrain(net.model, { from: null, to: 'dense' }),
      lowerTrain(net.model, { from: null, to: 'cut' }),
      lowerTrain(net.model, { from: 'cut', to: 'dense' }),
    ];
    const together = evaluate(() => whole.call(asTensor(IMAGES), { training: false }));
    const apart = evaluate(() => {
      const middle = lower.call(asTensor(IMAGES), { training: false });
      return upper.call(middle.as4D(3, 4, 3, 4), { training: false });
    });
    expect(apart).toEqual(together);
    expect([...upper.weights().keys()].map((name) => name.split('/')[0])).not.toContain('conv');
    for (const top of [whole, lower, upper]) top.dispose();
  });

  it('updates what is trainable and nothing else', () => {
    const top = lowerTrain(net.model, { from: null, to: 'dense', trainable: (layer) => layer === 'depth' });
    const before = top.weights();
    const optimizer = tf.train.sgd(0.5);
    // No list of variables is given: the flags of the variables themselves must do.
    const cost = optimizer.minimize(() => loss(top.call(asTensor(IMAGES), { training: true })), true);
    const changed = [...top.weights()].filter(([name, values]) =>
      values.some((v, i) => v !== before.get(name)?.[i]),
    );
    expect(changed.map(([name]) => name)).toEqual(['depth/depthwise_kernel', 'depth/bias']);
    tf.dispose(cost ?? []);
    optimizer.dispose();
    top.dispose();
  });

  it('changes its flags on demand', () => {
    const top = lowerTrain(net.model, { from: 'cut', to: 'dense' });
    top.setTrainable('bn2', true);
    expect(top.trainableVariables()).toHaveLength(2);
    top.setTrainable('dense', true);
    expect(top.trainableVariables()).toHaveLength(4);
    top.setTrainable('bn2', false);
    expect(top.trainableVariables()).toHaveLength(2);
    for (const layer of ['conv', 'nowhere'])
      expect(() => top.setTrainable(layer, true)).toThrow(expect.objectContaining({ code: 'not_found' }));
    top.dispose();
  });

  it('leaves the model and other lowerings alone', () => {
    const [one, other] = [0, 1].map(() => lowerTrain(net.model, { from: null, to: 'bn1', trainable: true }));
    evaluate(() => one?.call(asTensor(IMAGES), { training: true }) ?? tf.scalar(0));
    const stored = net.model.weights.get('bn1/moving_mean').data;
    expect(one?.weights().get('bn1/moving_mean')).not.toEqual(stored);
    expect(other?.weights().get('bn1/moving_mean')).toEqual(stored);
    one?.dispose();
    other?.dispose();
  });

  it.each<[string, readonly number[]]>([
    ['other channels', [2, 6, 5, 4]],
    ['a map that is too small', [2, 2, 5, 3]],
  ])('refuses %s', (_, shape) => {
    const top = lowerTrain(net.model, { from: null, to: 'dense', trainable: true });
    expect(() => evaluate(() => top.call(asTensor(randomImages(shape)), { training: true }))).toThrow(
      expect.objectContaining({ code: 'shape_mismatch' }),
    );
    top.dispose();
  });

  it.each<[string | null, string, string]>([
    ['conv', 'dense', 'not_trainable'],
    ['dense', 'dense', 'not_trainable'],
    ['act', 'cut', 'not_trainable'],
    ['nowhere', 'dense', 'not_trainable'],
    [null, 'nowhere', 'not_found'],
  ])('refuses to begin after %s and end at %s', (from, to, code) => {
    const before = tf.memory().numTensors;
    expect(() => lowerTrain(net.model, { from, to })).toThrow(expect.objectContaining({ code }));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('frees all that it made, after errors too', () => {
    const x = asTensor(IMAGES);
    const before = tf.memory().numTensors;
    const top = lowerTrain(net.model, { from: null, to: 'dense', trainable: true });
    const made = tf.memory().numTensors;
    top.call(x, { training: true }).dispose();
    const small = asTensor(randomImages([1, 2, 2, 3]));
    expect(() => top.call(small, { training: true })).toThrow();
    small.dispose();
    expect(tf.memory().numTensors).toBe(made);
    top.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(() => top.call(x, { training: false })).toThrow(expect.objectContaining({ name: 'AppError' }));
    expect(x.isDisposed).toBe(false);
    x.dispose();
  });
});

describe('dropout in lowerTrain', () => {
  const RATE = 0.25;

  async function dropNet(): Promise<TrunkModel> {
    const { model, oracle } = await netOf(
      functional((x) => chain(x, layers.dropout({ rate: RATE, name: 'drop' })), [40, 40]),
    );
    oracle.dispose();
    return model;
  }

  it('drops by the call, whatever is trainable, and scales what stays', async () => {
    const model = await dropNet();
    const ones = { data: new Float32Array(40 * 40 * 3).fill(1), shape: [1, 40, 40, 3] };
    for (const trainable of [true, false]) {
      const top = lowerTrain(model, { from: null, to: 'drop', trainable });
      expect(evaluate(() => top.call(asTensor(ones), { training: false }))).toEqual(ones);
      const { data } = evaluate(() => top.call(asTensor(ones), { training: true }));
      const kept = data.filter((value) => value !== 0);
      for (const value of new Set(kept)) expect(value).toBeCloseTo(1 / (1 - RATE), 6);
      // 4800 draws: a standard deviation of 0.6 per cent.
      expect(Math.abs(kept.length / data.length - (1 - RATE))).toBeLessThan(0.03);
      top.dispose();
    }
  });

  it('draws a new mask at each call, the same ones for the same seed', async () => {
    const model = await dropNet();
    const images = randomImages([1, 40, 40, 3]);
    const masks = (seed: number) => {
      const top = lowerTrain(model, { from: null, to: 'drop', seed });
      const runs = [0, 1].map(() => evaluate(() => top.call(asTensor(images), { training: true })));
      top.dispose();
      return runs;
    };
    const [first, second] = masks(7);
    expect(second).not.toEqual(first);
    expect(masks(7)).toEqual([first, second]);
    expect(masks(8)[0]).not.toEqual(first);
  });
});
