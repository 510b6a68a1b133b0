// The protobuf wire format, as much of it as writing a model takes: varints, floats and length-delimited fields.
// Writes only; knows no schema.
// https://protobuf.dev/programming-guides/encoding/
import { concatBytes } from '../src/trunk/model-files.ts';

/** One encoded field, tag included; a message is its fields one after the other. */
export type Field = Uint8Array;

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** An integer or enum field. @param value whole, from 0 to 2^53 - 1 */
export function integer(field: number, value: number): Field {
  return concatBytes([tag(field, VARINT), varint(value)]);
}

/** A float field, little-endian. */
export function float(field: number, value: number): Field {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return concatBytes([tag(field, FIXED32), bytes]);
}

/** A string field in UTF-8, or a bytes field. */
export function bytes(field: number, value: string | Uint8Array): Field {
  const content = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return concatBytes([tag(field, LENGTH_DELIMITED), varint(content.length), content]);
}

/** A field that is a message of its own. */
export function message(field: number, ...fields: readonly Field[]): Field {
  return bytes(field, concatBytes(fields));
}

function tag(field: number, wireType: number): Uint8Array {
  return varint(field * 8 + wireType);
}

/** Seven bits a byte, the low ones first, the top bit set on all but the last. */
function varint(value: number): Uint8Array {
  const groups: number[] = [];
  let rest = value;
  do {
    groups.push(rest % 128);
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Uint8Array.from(groups, (bits, i) => (i < groups.length - 1 ? bits + 128 : bits));
}
