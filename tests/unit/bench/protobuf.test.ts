import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, float, integer, message } from '../../../bench/protobuf.ts';
import { floats, readFields } from './read-protobuf.ts';

describe('the protobuf writer', () => {
  it('writes the examples of the encoding guide', () => {
    // field 1 = 150: tag 1 << 3 | 0, then 150 = 0b1_0010110 as 0x96 0x01
    expect([...integer(1, 150)]).toEqual([0x08, 0x96, 0x01]);
    // field 2 = "testing": tag 2 << 3 | 2, length 7
    expect([...bytes(2, 'testing')]).toEqual([0x12, 7, ...Buffer.from('testing')]);
    // field 3 = { field 1 = 150 }
    expect([...message(3, integer(1, 150))]).toEqual([0x1a, 3, 0x08, 0x96, 0x01]);
    // field 1 = 1.0f = 0x3f800000
    expect([...float(1, 1)]).toEqual([0x0d, 0, 0, 0x80, 0x3f]);
  });

  it('writes what an independent reader reads back, at every size of number and of content', () => {
    const field = fc.integer({ min: 1, max: 2 ** 29 - 1 });
    const number = fc.maxSafeNat();
    const content = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(field, number, content, (at, value, data) => {
        expect(readFields(message(at, integer(at, value), bytes(at, data)))).toEqual([
          { field: at, value: Uint8Array.from([...integer(at, value), ...bytes(at, data)]) },
        ]);
        expect(readFields(integer(at, value))).toEqual([{ field: at, value: BigInt(value) }]);
        expect(readFields(bytes(at, data))).toEqual([{ field: at, value: data }]);
      }),
    );
  });

  it('keeps the bits of a float', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (value) => {
        const [field] = readFields(float(9, value));
        expect(field?.value instanceof Uint8Array && floats(field.value)).toEqual([value]);
      }),
    );
  });
});
