// What a step of fine-tuning may take of a phone's memory.
import type { TrainableTop } from '../../../src/trunk/train.ts';
import { DeviceError } from '../../failure.ts';
import type { FineTuneSettings } from '../deeper.ts';

/** Of a batch that goes through in parts, bytes; the rest of a training takes as much again. */
export const STEP_BYTES = 110 * 1024 * 1024;
/** Of a batch that cannot be parted, bytes. */
const MOST_BYTES = 400 * 1024 * 1024;

/**
 * Bytes of one step.
 * @param map [h,w,c], where the training begins
 * @throws DeviceError `training_too_large`
 */
export function stepBytes(top: TrainableTop, map: readonly number[], settings: FineTuneSettings): number {
  const { batchNorm, batchSize } = settings;
  const one = top.stepBytes(map);
  const whole = one * batchSize;
  const parted = !(batchNorm.trainable && batchNorm.training);
  if (parted) return Math.min(whole, Math.max(one, STEP_BYTES));
  if (whole > MOST_BYTES)
    throw new DeviceError('training_too_large', { detail: `A batch takes ${Math.round(whole / 1e6)} MB.` });
  return whole;
}
