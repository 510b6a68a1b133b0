// Keras's two-phase recipe on the device: a head on frozen features first, then the layers above a cut at a low learning
// rate, `trainable` and `training` as two independent flags. Runs on activations at the cut, so that only the unfrozen
// part is computed; whoever gives them decides what is cached. No clock, no threads; the backend is the caller's.
import * as tf from '@tensorflow/tfjs-core';
import { AppError } from '../contract/errors.ts';
import { fromHalf, toHalf } from '../contract/half.ts';
import type { Pooling } from '../contract/manifest.ts';
import type { NdArray } from '../contract/nd-array.ts';
import type { TrainableTop, WeightFacts } from '../trunk/train.ts';
import { type Examples, joinRows, pickExamples } from './examples.ts';
import {
  createTopHead,
  disposeTopHead,
  lossOf,
  poolTensor,
  type TopHead,
  type UpdateRule,
  Updater,
  type UpdaterState,
} from './fine-tune-graph.ts';
import { type FrozenProof, prove, sameBits } from './frozen-proof.ts';
import type { DenseLayer } from './head.ts';
import { randomFrom, shuffled } from './random.ts';
import { fitRidge } from './ridge.ts';
import { TrainingDiverged } from './softmax.ts';
import { finish, judgeCalibrated, prepare, type SoftmaxData, type SoftmaxExample } from './softmax-data.ts';
import type { TrainedHead, TrainingProgress } from './trainer.ts';

/** What is trained on. */
export interface FineTuneInput extends Omit<Examples, 'features'> {
  /**
   * The trunk's activations at `top.from` of some examples.
   * @param variant 0: the photo as it is; 1 and up, below `variants`: augmented in one of so many ways
   * @returns [b,h,w,c]
   */
  activations(examples: readonly number[], variant: number): Promise<NdArray>;
  /** 1: no augmentation. */
  readonly variants: number;
}

export interface FineTuneOptions extends Partial<UpdateRule> {
  readonly pooling?: Pooling;
  /**
   * Flags of the BatchNorm layers above the cut, apart from the other layers, which are trainable. By default gamma
   * and beta learn, and the stored statistics normalise: what Keras advises for fine-tuning.
   */
  readonly batchNorm?: { readonly trainable: boolean; readonly training: boolean };
  readonly learningRate?: number;
  /** Epochs over which the rate rises from 0. */
  readonly warmUp?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
  /**
   * Most bytes that a step may take: where BatchNorm has its stored statistics, a batch goes through in so many parts
   * that it fits, and their gradients are added up, which is the same. With batch statistics it cannot be parted.
   */
  readonly memory?: number;
  /** Share of each class that is held out, by burst; to stop by and to be judged by. */
  readonly validation?: number;
  /** Stop after so many epochs without a lower held-out loss; 0: never. The best weights are restored in any case. */
  readonly patience?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
  /** Goes on where this was read; the same options, examples and backend give what would have come without the break. */
  readonly resume?: Checkpoint | null;
}

/** A training between two epochs, as plain data. */
export interface Checkpoint {
  readonly epoch: number;
  readonly current: Snapshot;
  readonly updater: UpdaterState;
  readonly best: Best;
}

/** Weights of the top by their names in the model file, and the dense layer. */
interface Snapshot {
  readonly top: ReadonlyMap<string, Float32Array>;
  readonly dense: DenseLayer;
}

interface Best extends Snapshot {
  readonly epoch: number;
  readonly loss: number | null;
}

/** After an epoch; epoch 0 is the head on frozen features, what fine-tuning has to beat. */
export interface FineTuneProgress extends TrainingProgress {
  readonly checkpoint: () => Promise<Checkpoint>;
}

export interface FineTuned extends TrainedHead {
  /** The weights that differ from the trunk's, by name; kernels rounded to halves, as they are stored. */
  readonly tuned: ReadonlyMap<string, NdArray>;
  readonly proof: FrozenProof;
  /** Held-out figures of the head on frozen features. */
  readonly before: { readonly loss: number | null; readonly accuracy: number | null };
  /** The epoch whose weights these are; 0: no epoch was better than none. */
  readonly bestEpoch: number;
  /** Held-out loss of that epoch; null where nothing was held out. */
  readonly loss: number | null;
}

/** Fine-tuning whose loss, or a weight, is no number any more; with what it had reached by the best epoch before. */
export class FineTuningDiverged extends TrainingDiverged {
  declare readonly lastGood: FineTuned;
}

/**
 * Fine-tunes the layers of `top`, and the head on it. Yields once before the first epoch and after each. The flags of
 * `top` are set here; its weights are afterwards those of the result. Ending the generator early frees its tensors.
 * @throws AppError as `checkExamples`; `aborted`; `FineTuningDiverged`; `digest_mismatch` when a
 * frozen weight or statistic has moved, naming the layer
 */
export async function* fineTune(
  top: TrainableTop,
  input: FineTuneInput,
  {
    pooling = '1x1',
    batchNorm = { trainable: true, training: false },
    learningRate = 1e-4,
    warmUp = 1,
    epochs = 20,
    batchSize = 16,
    memory = Number.POSITIVE_INFINITY,
    validation = 0.2,
    patience = 5,
    seed = 0,
    signal,
    resume = null,
    ...rule
  }: FineTuneOptions = {},
): AsyncGenerator<FineTuneProgress, FineTuned, void> {
  const norms = new Set(top.statistics().map(({ layer }) => layer));
  const training = (layer: string) => (norms.has(layer) ? batchNorm.training : true);
  for (const layer of new Set(top.describe().map((weight) => weight.layer)))
    top.setTrainable(layer, norms.has(layer) ? batchNorm.trainable : true);
  const facts = top.describe();
  const trunk = top.weights();
  const check = () => {
    if (signal?.aborted === true)
      throw new AppError('aborted', { detail: 'The fine-tuning was cancelled.', cause: signal.reason });
  };
  const n = input.labels.length;
  const byBatch = batchNorm.trainable && batchNorm.training;
  /** Examples at once. */
  const rowsOf = ({ shape: [rows = 0, ...map] }: NdArray) =>
    Math.max(1, Math.min(rows, Math.floor(memory / top.stepBytes(map))));
  const features = await featuresOf(top, input, { pooling, batchSize, check });
  const data = prepare({ ...input, features }, { validation, balance: true, rng: randomFrom(seed) });
  const dense = firstHead({ ...input, features }, data);
  const head = createTopHead(dense, data.standardize);
  const variables = [...top.trainableVariables(), head.kernel, head.bias];
  const decays = [...facts.filter((w) => w.trainable).map(({ role }) => role === 'kernel'), true, false];
  const updater = new Updater(variables, decays, { ...DEFAULT_RULE, ...rule });
  try {
    const before = judgeCalibrated(data, fittedOf(data, dense));
    let best: Best = resume?.best ?? { epoch: 0, loss: before.loss, top: trunk, dense };
    let epoch = 0;
    if (resume !== null) {
      epoch = resume.epoch;
      top.assign(resume.current.top);
      assignDense(head, resume.current.dense);
      updater.restore(resume.updater);
    }
    const snapshot = async (): Promise<Snapshot> => ({ top: top.weights(), dense: await readDense(head) });
    const checkpoint = async (): Promise<Checkpoint> => ({
      ...{ epoch, best, current: await snapshot(), updater: await updater.read() },
    });
    if (resume === null)
      yield {
        ...{ epoch, epochs, loss: null, accuracy: null, checkpoint },
        ...{ validationLoss: before.loss, validationAccuracy: before.accuracy },
      };
    const steps = Math.ceil(data.train.length / batchSize);
    while (epoch < epochs && !(patience > 0 && epoch - best.epoch >= patience)) {
      const rng = randomFrom(seed + 7919 * (epoch + 1));
      const order = shuffled(data.train, rng);
      let loss = 0;
      for (let step = 0; step < steps; step++) {
        check();
        const batch = order.slice(step * batchSize, (step + 1) * batchSize);
        const variant = Math.floor(rng() * input.variants);
        const maps = await input.activations(
          batch.map(({ index }) => index),
          variant,
        );
        const done = epoch * steps + step + 1;
        const rate = learningRate * Math.min(1, warmUp === 0 ? 1 : done / (warmUp * steps));
        const rows = byBatch ? batch.length : rowsOf(maps);
        loss += stepOn(top, head, updater, variables, { maps, batch, pooling, rate, training, data, rows });
      }
      epoch++;
      const now = await snapshot();
      if (!Number.isFinite(loss) || !allFinite(now)) throw new FineTuningDiverged(epoch, await settle(best));
      const heldOut = data.heldOut.map(({ index }) => index);
      const judged = judgeCalibrated(
        withFeatures(
          data,
          heldOut,
          await featuresOf(top, input, { pooling, batchSize, check, only: heldOut }),
        ),
        fittedOf(data, now.dense),
      );
      if (judged.loss === null || best.loss === null || judged.loss < best.loss)
        best = { ...now, epoch, loss: judged.loss };
      yield {
        ...{ epoch, epochs, loss: loss / data.train.length, accuracy: null, checkpoint },
        ...{ validationLoss: judged.loss, validationAccuracy: judged.accuracy },
      };
    }
    return await settle(best);

    /** Puts the best weights back, rounded as they are stored, and judges the head on what they give. */
    async function settle(chosen: Best): Promise<FineTuned> {
      const tuned = new Map(
        facts
          .filter(({ name }) => !sameBits(chosen.top.get(name), trunk.get(name)))
          .map((weight) => [weight.name, { data: stored(weight, chosen.top), shape: weight.shape }] as const),
      );
      top.assign(chosen.top);
      top.assign(new Map([...tuned].map(([name, { data: values }]) => [name, values])));
      const heldOut = data.heldOut.map(({ index }) => index);
      const made = await featuresOf(top, input, { pooling, batchSize, check: () => {}, only: heldOut });
      return {
        ...finish(withFeatures(data, heldOut, made), fittedOf(data, chosen.dense)),
        ...{ tuned, before, bestEpoch: chosen.epoch, loss: chosen.loss },
        proof: await prove(facts, trunk, top.weights(), batchNorm),
      };
    }
  } finally {
    updater.dispose();
    disposeTopHead(head);
  }

  /** Features [m,d] of some examples, or of all n. */
  async function featuresOf(
    layers: TrainableTop,
    { activations }: FineTuneInput,
    options: {
      readonly pooling: Pooling;
      readonly batchSize: number;
      readonly check: () => void;
      readonly only?: readonly number[];
    },
  ): Promise<Float32Array> {
    const wanted = options.only ?? Array.from({ length: n }, (_, i) => i);
    const parts: Float32Array[] = [];
    for (let at = 0; at < wanted.length; at += options.batchSize) {
      options.check();
      const maps = await activations(wanted.slice(at, at + options.batchSize), 0);
      for (const part of partsOf(maps, rowsOf(maps))) {
        const pooled = tf.tidy(() =>
          poolTensor(layers.call(tensorOf(part), { training: false }), options.pooling),
        ); // [b,d]
        try {
          parts.push(Float32Array.from(await pooled.data()));
        } finally {
          pooled.dispose();
        }
      }
    }
    return joinRows(parts);
  }
}

const DEFAULT_RULE: UpdateRule = { optimizer: 'adam', momentum: 0.9, weightDecay: 0, clipNorm: 1 };

/** The ridge head of the examples to train on, its logits divided by its temperature, so that they are calibrated. */
function firstHead(examples: Examples, data: SoftmaxData): DenseLayer {
  const { head } = fitRidge(
    pickExamples(
      examples,
      data.train.map(({ index }) => index),
    ),
  ).train();
  const [layer] = head.layers;
  if (layer === undefined) throw new AppError('internal', { detail: 'The ridge head has no layer.' });
  const { temperature } = head.calibration;
  return {
    kernel: layer.kernel.map((value) => value / temperature),
    bias: layer.bias.map((value) => value / temperature),
    activation: 'linear',
  };
}

/** One update; gives the summed loss of the batch. */
function stepOn(
  top: TrainableTop,
  head: TopHead,
  updater: Updater,
  variables: tf.Variable[],
  {
    maps,
    batch,
    pooling,
    rate,
    training,
    data,
    rows,
  }: {
    readonly maps: NdArray;
    readonly batch: readonly SoftmaxExample[];
    readonly pooling: Pooling;
    readonly rate: number;
    readonly training: (layer: string) => boolean;
    readonly data: SoftmaxData;
    /** Examples that go through at once. */
    readonly rows: number;
  },
): number {
  return tf.tidy(() => {
    const k = data.labels.length;
    let loss = 0;
    let sums: tf.NamedTensorMap | null = null;
    partsOf(maps, rows).forEach((part, i) => {
      const examples = batch.slice(i * rows, (i + 1) * rows);
      const grads: tf.NamedTensorMap = tf.tidy(() => {
        const x = tensorOf(part); // [b,h,w,c]
        const labels = tf.tensor2d(
          Float32Array.from({ length: examples.length * k }, (_, at) =>
            examples[Math.floor(at / k)]?.label === at % k ? 1 : 0,
          ),
          [examples.length, k],
        ); // [b,k]
        // The mean over this part, as its share of the mean over the batch.
        const weights = tf.tensor1d(examples.map(({ weight }) => (weight * examples.length) / batch.length)); // [b]
        const { value, grads } = tf.variableGrads(
          () => lossOf(head, poolTensor(top.call(x, { training }), pooling), labels, weights),
          variables,
        );
        loss += (value.dataSync()[0] ?? Number.NaN) * batch.length;
        return grads;
      });
      sums = sums === null ? grads : added(sums, grads);
    });
    if (sums !== null) updater.step(sums, rate);
    return loss;
  });
}

/** The sums, in the place of what they are made of. */
function added(a: tf.NamedTensorMap, b: tf.NamedTensorMap): tf.NamedTensorMap {
  const names = Object.keys(a);
  const sums = tf.tidy(() =>
    Object.fromEntries(
      names.flatMap((name) => {
        const [x, y] = [a[name], b[name]];
        return x === undefined || y === undefined ? [] : [[name, tf.add(x, y)] as const];
      }),
    ),
  );
  tf.dispose([a, b]);
  return sums;
}

/** So many rows at a time. */
function partsOf({ data, shape: [n = 0, ...map] }: NdArray, rows: number): readonly NdArray[] {
  const size = data.length / n;
  return Array.from({ length: Math.ceil(n / rows) }, (_, i) => {
    const from = i * rows;
    const to = Math.min(n, from + rows);
    return { data: data.subarray(from * size, to * size), shape: [to - from, ...map] };
  });
}

function stored({ name, role }: WeightFacts, weights: Snapshot['top']): Float32Array {
  const values = weights.get(name) ?? new Float32Array();
  return role === 'kernel' ? fromHalf(toHalf(values)) : values;
}

function fittedOf({ labels, standardize }: SoftmaxData, dense: DenseLayer) {
  return { kind: 'softmax', labels, standardize, layers: [dense] } as const;
}

/** The data with other features of what was held out. */
function withFeatures(data: SoftmaxData, heldOut: readonly number[], features: Float32Array): SoftmaxData {
  const { dim } = data;
  const row = new Map(heldOut.map((index, at) => [index, features.subarray(at * dim, (at + 1) * dim)]));
  return {
    ...data,
    heldOut: data.heldOut.map((example) => ({
      ...example,
      features: row.get(example.index) ?? example.features,
    })),
  };
}

function tensorOf({ data, shape: [n = 0, h = 0, w = 0, c = 0] }: NdArray): tf.Tensor4D {
  return tf.tensor4d(data, [n, h, w, c]);
}

async function readDense({ kernel, bias }: TopHead): Promise<DenseLayer> {
  return {
    kernel: Float32Array.from(await kernel.data()),
    bias: Float32Array.from(await bias.data()),
    activation: 'linear',
  };
}

function assignDense(head: TopHead, { kernel, bias }: DenseLayer): void {
  tf.tidy(() => {
    head.kernel.assign(tf.tensor(kernel, head.kernel.shape));
    head.bias.assign(tf.tensor(bias, head.bias.shape));
  });
}

function allFinite({ top, dense }: Snapshot): boolean {
  return [...top.values(), dense.kernel, dense.bias].every((values) => values.every(Number.isFinite));
}
