// A reader of the FlatBuffers wire format for tests, independent of the writer.

/** A table in a buffer. */
export interface RawTable {
  readonly data: Uint8Array;
  readonly at: number;
}

export function rootOf(data: Uint8Array): RawTable {
  return { data, at: word(data, 0) };
}

export function numberAt(table: RawTable, field: number): number | undefined {
  const at = slot(table, field);
  return at === undefined ? undefined : word(table.data, at);
}

export function tableAt(table: RawTable, field: number): RawTable {
  return { data: table.data, at: target(table, field) };
}

/** @param width of an element, bytes: 4 or 1 */
export function numbersAt(table: RawTable, field: number, width: 1 | 4 = 4): readonly number[] {
  const at = target(table, field);
  return Array.from({ length: word(table.data, at) }, (_, i) =>
    width === 1 ? (table.data[at + 4 + i] ?? 0) : word(table.data, at + 4 + i * 4),
  );
}

/** The first element's offset in the buffer. */
export function startAt(table: RawTable, field: number): number {
  return target(table, field) + 4;
}

export function floatsAt(table: RawTable, field: number): readonly number[] {
  return [...new Float32Array(Uint8Array.from(numbersAt(table, field, 1)).buffer)];
}

export function textAt(table: RawTable, field: number): string {
  const at = target(table, field);
  const end = at + 4 + word(table.data, at);
  if (table.data[end] !== 0) throw new Error(`no zero at ${end}`);
  return new TextDecoder().decode(table.data.subarray(at + 4, end));
}

export function tablesAt(table: RawTable, field: number): readonly RawTable[] {
  const at = target(table, field);
  return Array.from({ length: word(table.data, at) }, (_, i) => {
    const from = at + 4 + i * 4;
    return { data: table.data, at: from + word(table.data, from) };
  });
}

function target(table: RawTable, field: number): number {
  const at = slot(table, field);
  if (at === undefined) throw new Error(`no field ${field}`);
  return at + word(table.data, at);
}

/** A vtable stands where the table's first word says, counted backwards. */
function slot({ data, at }: RawTable, field: number): number | undefined {
  const vtable = at - word(data, at);
  const view = new DataView(data.buffer, data.byteOffset);
  if (4 + field * 2 >= view.getUint16(vtable, true)) return undefined;
  const offset = view.getUint16(vtable + 4 + field * 2, true);
  return offset === 0 ? undefined : at + offset;
}

function word(data: Uint8Array, at: number): number {
  if (at % 4 !== 0) throw new Error(`a word at ${at}`);
  return new DataView(data.buffer, data.byteOffset).getInt32(at, true);
}
