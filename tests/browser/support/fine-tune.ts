// A fine-tuning that is led by the test: what it is asked, what it says, and what comes of it.
import type { OpenProject } from '../../../app/project/open-project.ts';
import type { FineTuneCost, FineTunedHead, FineTuneSettings } from '../../../app/training/deeper.ts';
import type { Trained } from '../../../app/training/trainer.ts';
import { AppError } from '../../../src/contract/errors.ts';
import type { TrainingProgress } from '../../../src/head/trainer.ts';
import { digest } from './records.ts';

type FineTune = OpenProject['fineTune'];

export const SETTINGS: FineTuneSettings = {
  from: 'block_11_add',
  to: 'block_13_expand_relu',
  batchNorm: { trainable: true, training: false },
  optimizer: 'adam',
  learningRate: 0.0001,
  weightDecay: 0,
  epochs: 15,
  batchSize: 16,
  validation: 0.2,
  patience: 4,
  seed: 0,
  augment: true,
};

export const COST: FineTuneCost = {
  seconds: 42,
  bytes: 87_000_000,
  headBytes: 320_000,
  parameters: 113_664,
};

/** Epoch 0 has no figures of what it learns from. */
export function anEpoch(epoch: number, change: Partial<TrainingProgress> = {}): TrainingProgress {
  return {
    ...{ epoch, epochs: SETTINGS.epochs, accuracy: null },
    ...{ loss: epoch === 0 ? null : 1 / epoch, validationLoss: 2 / (epoch + 1), validationAccuracy: 0.5 },
    ...change,
  };
}

export function aTunedHead(trained: Trained, change: Partial<FineTunedHead> = {}): FineTunedHead {
  return {
    trained,
    before: { loss: 0.9, accuracy: 0.5 },
    loss: 0.4,
    bestEpoch: 6,
    proof: { frozenWeights: digest('1'), frozenStatistics: digest('2'), moved: [] },
    ...change,
  };
}

/** Ends when the test says so, or when it is stopped. */
export function ledFineTune() {
  let resolve: (head: FineTunedHead) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<FineTunedHead>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {});
  const calls: Parameters<FineTune>[] = [];
  const fineTune: FineTune = (settings, hooks) => {
    calls.push([settings, hooks]);
    const stopped = new Promise<never>((_, no) => {
      hooks.signal.addEventListener('abort', () => no(new AppError('aborted', { detail: 'Stopped.' })));
    });
    return Promise.race([promise, stopped]);
  };
  const say = (event: Parameters<Parameters<FineTune>[1]['onEvent']>[0]) => calls.at(-1)?.[1].onEvent(event);
  return {
    ...{ fineTune, calls, resolve, reject },
    preparing: (done: number, of: number) => say({ kind: 'preparing', done, of }),
    epoch: (n: number, change: Partial<TrainingProgress> = {}) =>
      say({ kind: 'epoch', progress: anEpoch(n, change) }),
  };
}
