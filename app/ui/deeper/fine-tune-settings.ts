// The settings of a fine-tuning as they are chosen and typed, and as the trainer takes them. Pure.
import type { FineTuneSettings } from '../../training/deeper.ts';
import { type NumberRule, readNumbers, SEED } from './number-fields.ts';

export const TUNE_NUMBERS = {
  epochs: { min: 1, max: 200, whole: true },
  learningRate: { min: 0.000001, max: 0.1, whole: false },
  batchSize: { min: 2, max: 64, whole: true },
  weightDecay: { min: 0, max: 1, whole: false },
  /** In per cent. */
  validation: { min: 0, max: 50, whole: true },
  patience: { min: 0, max: 200, whole: true },
  seed: SEED,
} as const satisfies Record<string, NumberRule>;

export type TuneNumber = keyof typeof TUNE_NUMBERS;
export type TuneSwitch = 'augment' | 'trainable' | 'training';
export type TuneFields = Readonly<Record<TuneNumber, string> & Record<TuneSwitch, boolean>> & {
  readonly optimizer: FineTuneSettings['optimizer'];
  /** Where the line lies and where the head reads; null: where they usually do. */
  readonly from: string | null;
  readonly to: string | null;
};

export const TUNE_DEFAULTS: TuneFields = {
  from: null,
  to: null,
  epochs: '15',
  learningRate: '0.0001',
  batchSize: '16',
  optimizer: 'adam',
  weightDecay: '0',
  validation: '20',
  patience: '4',
  seed: '0',
  augment: true,
  trainable: true,
  training: false,
};

/** @returns the settings between two cuts, or the fields that cannot be taken as they are */
export function readTuneFields(
  fields: TuneFields,
  between: Pick<FineTuneSettings, 'from' | 'to'>,
): { readonly settings: FineTuneSettings } | { readonly wrong: readonly TuneNumber[] } {
  const read = readNumbers(TUNE_NUMBERS, fields);
  if ('wrong' in read) return read;
  const { optimizer, augment, trainable, training } = fields;
  return {
    settings: {
      ...{ from: between.from, to: between.to },
      batchNorm: { trainable, training },
      ...read.numbers,
      validation: read.numbers.validation / 100,
      ...{ optimizer, augment },
    },
  };
}

/** The settings that decide what a training costs; the others change nothing of it. */
export function costBasis({
  from,
  to,
  batchNorm,
  optimizer,
  epochs,
  batchSize,
  validation,
  augment,
}: FineTuneSettings): string {
  return JSON.stringify([from, to, batchNorm, optimizer, epochs, batchSize, validation, augment]);
}
