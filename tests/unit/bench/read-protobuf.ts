// A reader of the protobuf wire format for tests, independent of the writer: BigInt arithmetic on whole varints.

/** One field: its number and its raw value, an integer or the bytes. */
export interface RawField {
  readonly field: number;
  readonly value: bigint | Uint8Array;
}

export function readFields(bytes: Uint8Array): readonly RawField[] {
  const fields: RawField[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(bytes[at++] ?? 0);
      value |= (byte & 0x7fn) << shift;
      if (byte < 0x80n) return value;
    }
  };
  const take = (length: number) => {
    if (at + length > bytes.length) throw new Error(`field ends at ${at + length} of ${bytes.length}`);
    at += length;
    return bytes.slice(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const wireType = Number(tag & 7n);
    if (![0, 2, 5].includes(wireType)) throw new Error(`wire type ${wireType} at ${at}`);
    const value = wireType === 0 ? varint() : take(wireType === 5 ? 4 : Number(varint()));
    fields.push({ field: Number(tag >> 3n), value });
  }
  return fields;
}

/** The values of one field of a message. */
export function all(message: Uint8Array, field: number): readonly (bigint | Uint8Array)[] {
  return readFields(message)
    .filter((entry) => entry.field === field)
    .map(({ value }) => value);
}

export function messages(message: Uint8Array, field: number): readonly Uint8Array[] {
  return all(message, field).filter((value) => value instanceof Uint8Array);
}

export function strings(message: Uint8Array, field: number): readonly string[] {
  return messages(message, field).map((value) => new TextDecoder().decode(value));
}

export function numbers(message: Uint8Array, field: number): readonly number[] {
  return all(message, field).map((value) =>
    typeof value === 'bigint' ? Number(value) : (floats(value)[0] ?? 0),
  );
}

export function floats(bytes: Uint8Array): readonly number[] {
  return [...new Float32Array(bytes.slice().buffer)];
}
