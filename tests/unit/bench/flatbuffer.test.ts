import { describe, expect, it } from 'vitest';
import { bytes, encode, integer, integers, table, tables, text } from '../../../bench/flatbuffer.ts';
import { numberAt, numbersAt, rootOf, startAt, tableAt, tablesAt, textAt } from './read-flatbuffer.ts';

describe('encode', () => {
  const data = encode(
    table({
      0: integer(7),
      2: text('né'),
      3: integers([1, -2, 3]),
      4: bytes(Uint8Array.of(9, 8, 7)),
      5: tables(table({ 1: integer(11) }), table({})),
      6: table({ 0: text('') }),
    }),
    'ABCD',
  );
  const root = rootOf(data);

  it('names the schema behind the root', () => {
    expect(new TextDecoder().decode(data.subarray(4, 8))).toBe('ABCD');
  });

  it('writes each kind of field where its number says', () => {
    expect(numberAt(root, 0)).toBe(7);
    expect(textAt(root, 2)).toBe('né');
    expect(numbersAt(root, 3)).toEqual([1, -2, 3]);
    expect(tablesAt(root, 5).map((each) => numberAt(each, 1))).toEqual([11, undefined]);
    expect(textAt(tableAt(root, 6), 0)).toBe('');
  });

  it('leaves out what was not given', () => {
    expect(numberAt(root, 1)).toBeUndefined();
    expect(numberAt(root, 9)).toBeUndefined();
  });

  it('aligns bytes to 16, and grows beyond its first buffer', () => {
    const long = new Uint8Array(200_001).fill(5);
    const grown = encode(table({ 0: text('x'), 1: bytes(long), 2: bytes(long) }), 'ABCD');
    for (const field of [1, 2]) {
      expect(startAt(rootOf(grown), field) % 16).toBe(0);
      expect(numbersAt(rootOf(grown), field, 1)).toHaveLength(200_001);
    }
    expect(grown.filter((each) => each === 5)).toHaveLength(400_002);
  });
});
