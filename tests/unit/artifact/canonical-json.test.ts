import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, type JsonValue } from '../../../src/artifact/canonical-json.ts';

describe('canonicalJson', () => {
  it('sorts the keys of every object and leaves lists alone', () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }, 'x"y'], a: 0.1, '': true })).toBe(
      '{"":true,"a":0.1,"b":[{"c":null,"d":1},"x\\"y"]}',
    );
  });

  it('means what JSON.stringify means', () => {
    // Without escapes, since some versions of V8 misread escaped keys (nodejs/node#63785).
    const unit = fc.constantFrom('a', 'b', 'Z', '0', '1', ' ', 'é', '🌿');
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: unit }), (any) => {
        const value: JsonValue = JSON.parse(JSON.stringify(any));
        expect(JSON.parse(canonicalJson(value))).toEqual(value);
      }),
    );
  });
});
