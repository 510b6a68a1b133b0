// Numbers as they are typed into a form, and as they are meant. Pure.

/** What a number may be. */
export interface NumberRule {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

/** Of a seed: what 31 bits hold. */
export const SEED: NumberRule = { min: 0, max: 2147483647, whole: true };

/** @returns all numbers, or the fields that cannot be taken as they are */
export function readNumbers<Field extends string>(
  rules: Readonly<Record<Field, NumberRule>>,
  typed: Readonly<Record<NoInfer<Field>, string>>,
): { readonly numbers: Readonly<Record<Field, number>> } | { readonly wrong: readonly Field[] } {
  const fields = Object.keys(rules) as Field[];
  const read = fields.map((field) => [field, readNumber(typed[field], rules[field])] as const);
  const wrong = read.flatMap(([field, value]) => (value === null ? [field] : []));
  return wrong.length > 0
    ? { wrong }
    : { numbers: Object.fromEntries(read) as Readonly<Record<Field, number>> };
}

/** A number with a decimal point or comma; null when it is none, or not allowed. */
function readNumber(typed: string, { min, max, whole }: NumberRule): number | null {
  const digits = typed.trim().replace(',', '.');
  const value = digits === '' ? Number.NaN : Number(digits);
  return value >= min && value <= max && (!whole || Number.isInteger(value)) ? value : null;
}
