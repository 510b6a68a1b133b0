import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/contract/errors.ts';
import { fromBase64 } from '../../../worker/dialects/base64.ts';

describe('fromBase64', () => {
  it('gives back any bytes, with and without padding, in lines', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = btoa(String.fromCharCode(...bytes));
        const expected = new Uint8Array(bytes);
        expect(fromBase64(text, 'x')).toEqual(expected);
        expect(fromBase64(text.replace(/=+$/, ''), 'x')).toEqual(expected);
        expect(fromBase64(text.replace(/(.{7})/g, '$1\r\n'), 'x')).toEqual(expected);
      }),
    );
  });

  it('reads what atob reads, and refuses what it refuses', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('A', 'z', '0', '+', '/', '=', '-', '&', 'é'), maxLength: 9 }),
        (text) => {
          let expected: string | undefined;
          try {
            expected = atob(text);
          } catch {}
          if (expected === undefined) expect(() => fromBase64(text, 'x')).toThrow(AppError);
          else expect(String.fromCharCode(...fromBase64(text, 'x'))).toBe(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
