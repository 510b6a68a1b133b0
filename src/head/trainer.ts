// What every way to train a head takes and gives, so that ridge and softmax are exchangeable, and the last step that
// they share: calibration and report from held-out predictions. Importing this file imports no trainer.
import type { Calibration, TrainingReport } from '../contract/head.ts';
import { fitTemperature, rejectionThreshold, type TemperatureRange } from './calibrate.ts';
import { evaluate } from './evaluate.ts';
import type { Examples } from './examples.ts';
import { type Head, rejectionScore } from './head.ts';
import { meanSquare } from './standardize.ts';

/** Predictions for examples made without them. */
export interface HeldOut {
  /** What was left out at a time. */
  readonly method: 'example' | 'burst' | 'split' | 'none';
  /** m indices of examples; those about which nothing can be said are missing */
  readonly examples: readonly number[];
  /** m true classes, as indices of the head's labels */
  readonly labels: readonly number[];
  /** [m,k], row-major, before calibration */
  readonly logits: Float64Array;
}

export interface TrainedHead {
  readonly head: Head;
  readonly report: TrainingReport;
  readonly heldOut: HeldOut;
}

/** One epoch done. Losses are cross-entropies in nats, accuracies shares in [0,1]; null where not known. */
export interface TrainingProgress {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number | null;
  readonly accuracy: number | null;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
}

/**
 * Trains a head; yields progress (a closed form is one epoch), returns the head.
 * @throws AppError `head_not_ready`, `features_invalid`, `shape_mismatch`, `aborted`, `training_diverged`
 */
export type Trainer<Options> = (
  examples: Examples,
  options?: Options,
) => AsyncGenerator<TrainingProgress, TrainedHead, void>;

/**
 * Ridge logits aim at 1 and 0: at 0.5 they are told apart but faintly (88 per cent for 1 against one 0), at 0.01 a
 * hundredth decides. Softmax logits are calibrated but for the optimism of training.
 */
export const TEMPERATURES = {
  ridge: { lowest: 0.01, highest: 0.5, otherwise: 0.5 },
  softmax: { lowest: 0.1, highest: 10, otherwise: 1 },
} as const satisfies Record<Head['kind'], TemperatureRange>;

/** Runs a trainer to its end. */
export async function finishTraining(
  training: AsyncGenerator<TrainingProgress, TrainedHead, void>,
  onProgress: (progress: TrainingProgress) => void = () => {},
): Promise<TrainedHead> {
  for (;;) {
    const step = await training.next();
    if (step.done === true) return step.value;
    onProgress(step.value);
  }
}

/**
 * Calibrates a fitted head on its held-out predictions and reports on it.
 * @param options.features m feature vectors [d] of the held-out examples, for the rejection scores
 */
export function finishHead(
  fitted: Omit<Head, 'calibration'>,
  heldOut: HeldOut,
  {
    counts,
    features,
    lambda,
  }: {
    readonly counts: readonly number[];
    readonly features: readonly Float32Array[];
    readonly lambda: number | null;
  },
): TrainedHead {
  const k = fitted.labels.length;
  const temperature = fitTemperature(heldOut.logits, heldOut.labels, k, TEMPERATURES[fitted.kind]);
  const scores = features.map((vector, row) =>
    rejectionScore(
      meanSquare(fitted.standardize, vector),
      heldOut.logits.subarray(row * k, (row + 1) * k),
      temperature,
    ),
  );
  const calibration: Calibration = { temperature, rejectAbove: rejectionThreshold(scores) };
  const { accuracy } = evaluate({ ...heldOut, classes: k, temperature });
  const report: TrainingReport = { examples: [...counts], heldOut: heldOut.method, accuracy, lambda };
  return { head: { ...fitted, calibration }, report, heldOut };
}
