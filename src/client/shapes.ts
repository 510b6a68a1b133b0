// What comes back from an endpoint is checked here, against the types of the contract and without a schema library:
// a guard for each shape, which the compiler holds to the type. Unknown fields pass: an endpoint may be newer.

/** Says whether a value has a type. */
export type Guard<T> = (value: unknown) => value is T;

export const isText: Guard<string> = (value) => typeof value === 'string';
export const isNumber: Guard<number> = (value) => typeof value === 'number';
export const isFlag: Guard<boolean> = (value) => typeof value === 'boolean';

export function isOneOf<const T extends string>(...texts: readonly T[]): Guard<T> {
  return (value): value is T => texts.some((text) => text === value);
}

/** A text of a pattern, such as a digest; `T` may be branded. */
export function isLike<T extends string>(pattern: RegExp): Guard<T> {
  return (value): value is T => isText(value) && pattern.test(value);
}

export function isNullOr<T>(guard: Guard<T>): Guard<T | null> {
  return (value): value is T | null => value === null || guard(value);
}

export function isListOf<T>(guard: Guard<T>): Guard<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every(guard);
}

/** An object with at least these fields. */
export function hasFields<T extends object>(fields: { readonly [K in keyof T]-?: Guard<T[K]> }): Guard<T> {
  const guards: [string, Guard<unknown>][] = Object.entries(fields);
  return (value): value is T =>
    typeof value === 'object' &&
    value !== null &&
    guards.every(([key, guard]) => guard(Reflect.get(value, key)));
}
