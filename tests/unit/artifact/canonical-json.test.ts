import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/artifact/canonical-json.ts';

describe('canonicalJson', () => {
  it('sorts the keys of every object and leaves lists alone', () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }, 'x"y'], a: 0.1, '': true })).toBe(
      '{"":true,"a":0.1,"b":[{"c":null,"d":1},"x\\"y"]}',
    );
  });

  it('means what JSON.stringify means', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value = JSON.parse(text);
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
