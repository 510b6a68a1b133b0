// The classic head: softmax regression, with or without a hidden layer, by gradient descent. Deterministic: its
// only randomness is a seed. It reads no clock, and what computes the descent is the caller's business.
import { AppError } from '../contract/errors.ts';
import type { StartDescent } from './descent.ts';
import type { Examples } from './examples.ts';
import type { DenseLayer } from './head.ts';
import { randomFrom, shuffled } from './random.ts';
import { finish, judge, prepare, toHead, zScores } from './softmax-data.ts';
import type { SoftmaxOptions } from './softmax-options.ts';
import type { TrainedHead, TrainingProgress } from './trainer.ts';

/** Training that met a loss that is not a number; the head as it was after the last good epoch, if there was one. */
export class TrainingDiverged extends AppError {
  readonly lastGood: TrainedHead | null;
  constructor(epoch: number, lastGood: TrainedHead | null) {
    super('training_diverged', {
      detail: `The loss of epoch ${epoch} is not a number. Lower the learning rate${
        lastGood === null ? '' : ', or keep the head of the epoch before'
      }.`,
    });
    this.lastGood = lastGood;
  }
}

export interface TrainSoftmaxOptions extends SoftmaxOptions {
  /** What computes it: `startDescent` on tfjs's current backend, or `wasmDescent`. */
  readonly start: StartDescent;
}

/**
 * Trains by mini-batches; yields after each epoch. Between two epochs the caller may let its event loop turn; the
 * signal is looked at before each batch. Ending the generator early frees what it holds.
 * @throws AppError as `checkExamples`; `aborted`; `TrainingDiverged`
 */
export async function* trainSoftmax(
  examples: Examples,
  {
    hidden = 0,
    optimizer: kind = 'adam',
    learningRate = 1e-3,
    epochs = 50,
    batchSize = 16,
    l2 = 0,
    standardize = true,
    balance = true,
    validation = 0.15,
    patience = 0,
    seed = 0,
    signal,
    start,
  }: TrainSoftmaxOptions,
): AsyncGenerator<TrainingProgress, TrainedHead, void> {
  const rng = randomFrom(seed);
  const data = prepare(examples, { validation, balance, rng });
  const { train, dim } = data;
  const inputOf = (features: Float32Array) => (standardize ? zScores(data.standardize, features) : features);
  const rows = train.map(({ features, label, weight }) => ({ input: inputOf(features), label, weight }));
  const heldOut = data.heldOut.map(({ features }) => inputOf(features));
  const finished = (layers: readonly DenseLayer[]) => finish(data, toHead(data, layers, standardize));
  const widths = hidden === 0 ? [dim, data.labels.length] : [dim, hidden, data.labels.length];
  const descent = start(widths, { kind, learningRate, l2, rng });
  let last: readonly DenseLayer[] | null = null;
  let best: { readonly layers: readonly DenseLayer[]; readonly loss: number; readonly epoch: number } | null =
    null;
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const order = shuffled(rows, rng);
      for (let at = 0; at < order.length; at += batchSize) {
        if (signal?.aborted === true)
          throw new AppError('aborted', { detail: 'The training was cancelled.', cause: signal.reason });
        descent.step(order.slice(at, at + batchSize));
      }
      const { loss, right, layers } = await descent.read();
      if (!Number.isFinite(loss) || !layers.every(allFinite))
        throw new TrainingDiverged(epoch, last && finished(last));
      last = layers;
      const judged = judge(data, Float64Array.from(await descent.logits(heldOut)));
      yield {
        epoch,
        epochs,
        loss: loss / order.length,
        accuracy: right / order.length,
        validationLoss: judged.loss,
        validationAccuracy: judged.accuracy,
      };
      if (patience === 0 || judged.loss === null) continue;
      if (best === null || judged.loss < best.loss) best = { layers, loss: judged.loss, epoch };
      else if (epoch - best.epoch >= patience) break;
    }
    return finished(best?.layers ?? last ?? (await descent.read()).layers);
  } finally {
    descent.dispose();
  }
}

function allFinite({ kernel, bias }: DenseLayer): boolean {
  return areFinite(kernel) && areFinite(bias);
}

/** In one sum, as there are many and often. */
function areFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += 0 * (values[i] ?? 0);
  return sum === 0;
}
