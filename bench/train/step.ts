// One step of training the trunk's last layers and a head on them, in parts that can be timed: forward, backward, update.
// On whatever backend is set when it is opened; in Node and in a page.
import * as tf from '@tensorflow/tfjs-core';
import {
  createTopHead,
  disposeTopHead,
  lossOf,
  poolTensor,
  Updater,
} from '../../src/head/fine-tune-graph.ts';
import { randomFrom } from '../../src/head/random.ts';
import { graphAfter } from '../../src/trunk/cuts.ts';
import { truncate } from '../../src/trunk/graph.ts';
import type { TrunkModel } from '../../src/trunk/model-files.ts';
import { macsOf, shapesFor } from '../../src/trunk/shapes.ts';
import { lowerTrain } from '../../src/trunk/train.ts';

export interface StepCase {
  readonly name: string;
  /** Layer after which everything is trained. */
  readonly from: string;
  /** Of the trunk's input, px. */
  readonly size: number;
}

export const BATCH = 16;
const TO = 'out_relu';
const CLASSES = 10;

/** From the fewest to the most bytes. */
export const CASES: readonly StepCase[] = [
  { name: 'block_16 and Conv_1', from: 'block_15_add', size: 96 },
  { name: 'block_16 and Conv_1', from: 'block_15_add', size: 160 },
  { name: 'block_14 to Conv_1', from: 'block_13_project_BN', size: 96 },
  { name: 'block_14 to Conv_1', from: 'block_13_project_BN', size: 160 },
];

/** ms */
export interface Phases {
  readonly forward: number;
  readonly backward: number;
  readonly update: number;
}

/** Multiply-accumulates of a batch in convolutions. */
export interface Macs {
  readonly forward: number;
  /** Towards filters and inputs, but not towards the input of the first layer. */
  readonly backward: number;
}

export interface TrainStep {
  readonly macs: Macs;
  run(): Promise<Phases>;
  /** Of every variable, without an update. */
  gradients(): Promise<readonly Float32Array[]>;
  dispose(): void;
}

/**
 * @param options.waits the backend computes behind the program's back: each phase is waited for, and the forward pass runs
 * once more on its own
 */
export function openStep(
  model: TrunkModel,
  { from, size }: StepCase,
  { waits = false }: { readonly waits?: boolean } = {},
): TrainStep {
  const before = shapesFor(truncate(model.graph, from), [size, size, 3]).get(from) ?? [];
  const [h = 0, w = 0, c = 0] = before;
  const top = lowerTrain(model, { from, to: TO, trainable: true });
  const rng = randomFrom(1);
  const numbers = (count: number, scale: number) =>
    Float32Array.from({ length: count }, () => scale * (2 * rng() - 1));
  const dim = shapesFor(truncate(model.graph, TO), [size, size, 3]).get(TO)?.at(-1) ?? 0;
  const head = createTopHead(
    { kernel: numbers(dim * CLASSES, 0.1), bias: new Float32Array(CLASSES), activation: 'linear' },
    { mean: new Float32Array(dim), deviation: new Float32Array(dim).fill(1) },
  );
  const x = tf.tensor4d(numbers(BATCH * h * w * c, 2), [BATCH, h, w, c]);
  const labels = tf.tidy(
    () =>
      tf.cast(
        tf.oneHot(
          tf.tensor1d(
            Array.from({ length: BATCH }, (_, i) => i % CLASSES),
            'int32',
          ),
          CLASSES,
        ),
        'float32',
      ) as tf.Tensor2D,
  );
  const weights = tf.ones([BATCH]) as tf.Tensor1D;
  const variables = [...top.trainableVariables(), head.kernel, head.bias];
  const updater = new Updater(
    variables,
    variables.map(() => false),
    { optimizer: 'adam', momentum: 0, weightDecay: 0, clipNorm: 1 },
  );
  const loss = () => lossOf(head, poolTensor(top.call(x, { training: false }), '1x1'), labels, weights);

  async function run(): Promise<Phases> {
    const start = performance.now();
    let forward = 0;
    if (waits) {
      const alone = tf.tidy(loss);
      await alone.data();
      alone.dispose();
      forward = performance.now() - start;
    }
    const again = performance.now();
    const { value, grads } = tf.variableGrads(() => {
      const result = loss();
      if (!waits) forward = performance.now() - start;
      return result;
    }, variables);
    const made = Object.values(grads);
    if (waits) await Promise.all(made.map((gradient) => gradient.data()));
    const middle = performance.now();
    updater.step(grads, 1e-5);
    if (waits) await Promise.all(variables.map((variable) => variable.data()));
    const end = performance.now();
    tf.dispose([value, ...made]);
    return { forward, backward: middle - again - forward, update: end - middle };
  }

  return {
    macs: countMacs(model, from, before),
    run,
    async gradients() {
      const { value, grads } = tf.variableGrads(loss, variables);
      const read = await Promise.all(
        variables.map(async ({ name }) => Float32Array.from((await grads[name]?.data()) ?? [])),
      );
      tf.dispose([value, ...Object.values(grads)]);
      return read;
    },
    dispose() {
      updater.dispose();
      disposeTopHead(head);
      tf.dispose([x, labels, weights]);
      top.dispose();
    },
  };
}

function countMacs(model: TrunkModel, from: string, input: readonly number[]): Macs {
  const graph = graphAfter(truncate(model.graph, TO), from);
  const shapes = shapesFor(graph, input);
  const macs = graph.nodes.map((node) => BATCH * macsOf(node, shapes)).filter((count) => count > 0);
  const forward = macs.reduce((sum, count) => sum + count, 0);
  return { forward, backward: 2 * forward - (macs[0] ?? 0) };
}
