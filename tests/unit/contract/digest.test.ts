import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestArrays, sha256Hex } from '../../../src/contract/digest.ts';

describe('sha256Hex', () => {
  it('is the standard test vector for "abc"', async () => {
    expect(await sha256Hex(new TextEncoder().encode('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('agrees with an independent implementation, also for a view into a larger buffer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(20), async (bytes, start) => {
        const view = bytes.subarray(Math.min(start, bytes.length));
        expect(await sha256Hex(view)).toBe(createHash('sha256').update(view).digest('hex'));
      }),
    );
  });
});

describe('digestArrays', () => {
  it('hashes name, zero, count and little-endian floats, names in order', async () => {
    const bytes = [0x61, 0, 1, 0, 0, 0, 0, 0, 0x80, 0x3f, 0x62, 0, 0, 0, 0, 0];
    const expected = await sha256Hex(Uint8Array.from(bytes));
    expect(
      await digestArrays([
        ['b', new Float32Array()],
        ['a', Float32Array.of(1)],
      ]),
    ).toBe(expected);
  });

  it('changes with any value, any name, and with a value that moves to another array', async () => {
    const base = await digestArrays([
      ['a', Float32Array.of(1, 2)],
      ['b', Float32Array.of(3)],
    ]);
    const others = await Promise.all([
      digestArrays([
        ['a', Float32Array.of(1, 2.0000002)],
        ['b', Float32Array.of(3)],
      ]),
      digestArrays([
        ['a', Float32Array.of(1, 2)],
        ['c', Float32Array.of(3)],
      ]),
      digestArrays([
        ['a', Float32Array.of(1)],
        ['b', Float32Array.of(2, 3)],
      ]),
      digestArrays([
        ['a', Float32Array.of(-1, 2)],
        ['b', Float32Array.of(3)],
      ]),
    ]);
    expect(new Set([base, ...others]).size).toBe(5);
  });
});
