// The settings of a training as they are typed, and as the trainer takes them. Pure.
import { type SoftmaxOptions, TEACHABLE_MACHINE } from '../../../src/head/softmax-options.ts';
import { type NumberRule, readNumbers, SEED } from './number-fields.ts';

export type Options = Omit<SoftmaxOptions, 'signal'>;

export const NUMBERS = {
  epochs: { min: 1, max: 500, whole: true },
  batchSize: { min: 1, max: 512, whole: true },
  learningRate: { min: 0.000001, max: 1, whole: false },
  hidden: { min: 0, max: 1000, whole: true },
  seed: SEED,
  /** In per cent. */
  validation: { min: 0, max: 50, whole: true },
  patience: { min: 0, max: 500, whole: true },
} as const satisfies Record<string, NumberRule>;

export type NumberField = keyof typeof NUMBERS;
export type SwitchField = 'standardize' | 'balance';
export type Fields = Readonly<Record<NumberField, string> & Record<SwitchField, boolean>>;

/** A tenth of the other's time, and on the committed images 2 to 10 points better with 10 to 20 photos a class. */
const QUICK: Options = {
  hidden: 0,
  learningRate: 0.003,
  epochs: 20,
  batchSize: 16,
  standardize: true,
  balance: true,
  validation: 0.15,
  patience: 0,
};

export const PRESETS = { quick: fieldsOf(QUICK), teachableMachine: fieldsOf(TEACHABLE_MACHINE) } as const;
export type Preset = keyof typeof PRESETS;

/** The preset that the fields are, but for the seed; null: none. */
export function presetOf(fields: Fields): Preset | null {
  const same = (preset: Fields) =>
    JSON.stringify({ ...preset, seed: fields.seed }) === JSON.stringify(fields);
  return same(PRESETS.quick) ? 'quick' : same(PRESETS.teachableMachine) ? 'teachableMachine' : null;
}

/** @returns the options, or the fields that cannot be taken as they are */
export function readFields(
  fields: Fields,
): { readonly options: Options } | { readonly wrong: readonly NumberField[] } {
  const read = readNumbers(NUMBERS, fields);
  if ('wrong' in read) return read;
  const { standardize, balance } = fields;
  return {
    options: { ...read.numbers, validation: read.numbers.validation / 100, standardize, balance },
  };
}

function fieldsOf({
  epochs = 50,
  batchSize = 16,
  learningRate = 0.001,
  hidden = 0,
  seed = 0,
  validation = 0.15,
  patience = 0,
  standardize = true,
  balance = true,
}: Options): Fields {
  return {
    epochs: String(epochs),
    batchSize: String(batchSize),
    learningRate: String(learningRate),
    hidden: String(hidden),
    seed: String(seed),
    validation: String(Math.round(validation * 100)),
    patience: String(patience),
    standardize,
    balance,
  };
}
