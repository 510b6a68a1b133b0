// The settings of a training as they are typed, and as the trainer takes them. Pure.
import { type SoftmaxOptions, TEACHABLE_MACHINE } from '../../../src/head/softmax-options.ts';

export type Options = Omit<SoftmaxOptions, 'signal'>;

/** What a number may be, and what the trainer takes for one that is typed. */
interface NumberRule {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

export const NUMBERS = {
  epochs: { min: 1, max: 500, whole: true },
  batchSize: { min: 1, max: 512, whole: true },
  learningRate: { min: 0.000001, max: 1, whole: false },
  hidden: { min: 0, max: 1000, whole: true },
  seed: { min: 0, max: 2147483647, whole: true },
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
  const value = (field: NumberField) => readNumber(fields[field], NUMBERS[field]);
  const wrong = (Object.keys(NUMBERS) as NumberField[]).filter((field) => value(field) === null);
  if (wrong.length > 0) return { wrong };
  return {
    options: {
      epochs: value('epochs') ?? 0,
      batchSize: value('batchSize') ?? 0,
      learningRate: value('learningRate') ?? 0,
      hidden: value('hidden') ?? 0,
      seed: value('seed') ?? 0,
      validation: (value('validation') ?? 0) / 100,
      patience: value('patience') ?? 0,
      standardize: fields.standardize,
      balance: fields.balance,
    },
  };
}

/** A number with a decimal point or comma; null when it is none, or not allowed. */
function readNumber(typed: string, { min, max, whole }: NumberRule): number | null {
  const digits = typed.trim().replace(',', '.');
  const value = digits === '' ? Number.NaN : Number(digits);
  return value >= min && value <= max && (!whole || Number.isInteger(value)) ? value : null;
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
