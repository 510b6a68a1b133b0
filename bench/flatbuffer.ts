// The FlatBuffers wire format, as much of it as writing a model takes: tables whose fields are 32 bits wide, strings,
// and vectors. Writes only; knows no schema and shares nothing between tables.
// https://flatbuffers.dev/internals/

/** A value in a table: a number in its slot, or an offset to what is placed after the table. */
export type Value =
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'integers'; readonly values: readonly number[] }
  | { readonly kind: 'tables'; readonly tables: readonly Table[] }
  | Table;

/** A table; `fields` by their number in the schema. */
export interface Table {
  readonly kind: 'table';
  readonly fields: Readonly<Record<number, Value>>;
}

/** An integer, enum or bool field of at most 32 bits; little-endian, so a narrower reader finds it too. */
export const integer = (value: number): Value => ({ kind: 'integer', value });
export const text = (value: string): Value => ({ kind: 'text', value });
/** A vector of bytes whose first is aligned to 16. */
export const bytes = (value: Uint8Array): Value => ({ kind: 'bytes', value });
/** A vector of 32-bit integers. */
export const integers = (values: readonly number[]): Value => ({ kind: 'integers', values });
export const tables = (...all: readonly Table[]): Value => ({ kind: 'tables', tables: all });
export const table = (fields: Table['fields']): Table => ({ kind: 'table', fields });

const WORD = 4;
const DATA_ALIGNMENT = 16;

/**
 * @param identifier four letters that name the schema
 * @returns the whole buffer; parents stand before their children, since offsets only point forward
 */
export function encode(root: Table, identifier: string): Uint8Array {
  let data = new Uint8Array(1 << 16);
  let view = new DataView(data.buffer);
  let end = 2 * WORD;
  /** Zeroed bytes at the end, the first of them aligned. */
  const take = (length: number, alignment = WORD, offset = 0): number => {
    end += (alignment - ((end + offset) % alignment)) % alignment;
    const at = end;
    end += length;
    while (end > data.length) {
      const larger = new Uint8Array(data.length * 2);
      larger.set(data);
      data = larger;
      view = new DataView(data.buffer);
    }
    return at;
  };
  const word = (at: number, value: number) => view.setInt32(at, value, true);
  const point = (slot: number, value: Value) => word(slot, place(value) - slot);
  const placeTable = ({ fields }: Table): number => {
    const numbers = Object.keys(fields).map(Number);
    const slots = numbers.length === 0 ? 0 : Math.max(...numbers) + 1;
    const vtable = take((2 + slots) * 2);
    const at = take((1 + numbers.length) * WORD);
    view.setUint16(vtable, (2 + slots) * 2, true);
    view.setUint16(vtable + 2, (1 + numbers.length) * WORD, true);
    word(at, at - vtable);
    numbers.forEach((number, i) => {
      view.setUint16(vtable + (2 + number) * 2, (1 + i) * WORD, true);
    });
    for (const [i, number] of numbers.entries()) {
      const value = fields[number];
      const slot = at + (1 + i) * WORD;
      if (value?.kind === 'integer') word(slot, value.value);
      else if (value !== undefined) point(slot, value);
    }
    return at;
  };
  /** A count, then the elements. */
  const placeVector = (content: Uint8Array, alignment: number, tail = 0): number => {
    const at = take(WORD + content.length + tail, alignment, WORD);
    word(at, content.length);
    data.set(content, at + WORD);
    return at;
  };
  const placeWords = (count: number): number => {
    const at = take((1 + count) * WORD);
    word(at, count);
    return at;
  };
  function place(value: Value): number {
    switch (value.kind) {
      case 'table':
        return placeTable(value);
      case 'text':
        return placeVector(new TextEncoder().encode(value.value), WORD, 1);
      case 'bytes':
        return placeVector(value.value, DATA_ALIGNMENT);
      case 'integers': {
        const at = placeWords(value.values.length);
        value.values.forEach((each, i) => {
          word(at + (1 + i) * WORD, each);
        });
        return at;
      }
      case 'tables': {
        const at = placeWords(value.tables.length);
        value.tables.forEach((each, i) => {
          point(at + (1 + i) * WORD, each);
        });
        return at;
      }
      case 'integer':
        throw new Error('A number has no place of its own.');
      default:
        return value satisfies never;
    }
  }
  const first = place(root);
  word(0, first);
  data.set(new TextEncoder().encode(identifier), WORD);
  return data.slice(0, end);
}
