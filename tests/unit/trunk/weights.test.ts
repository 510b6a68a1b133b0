import { describe, expect, it } from 'vitest';
import { createWeights, storedBytes, type WeightSpec } from '../../../src/trunk/weights.ts';

const spec = (
  name: string,
  shape: readonly number[],
  quantization?: WeightSpec['quantization'],
): WeightSpec => ({
  name,
  shape: [...shape],
  dtype: 'float32',
  ...(quantization === undefined ? {} : { quantization }),
});

function valuesOf(array: Uint8Array | Uint16Array | Float32Array, quantization?: WeightSpec['quantization']) {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  const weights = createWeights([{ weights: [spec('w', [array.length], quantization)], bytes }]);
  return [...weights.get('w').data];
}

describe('createWeights', () => {
  it('gives floats as they are, with their shape', () => {
    const floats = Float32Array.of(1.5, -0, 3e-39, 1e38, -2, 7);
    const weights = createWeights([{ weights: [spec('w', [2, 3])], bytes: new Uint8Array(floats.buffer) }]);
    expect(weights.get('w')).toEqual({ data: floats, shape: [2, 3] });
  });

  it('reads value = stored * scale + min for uint8 and uint16, rounded to a float once', () => {
    expect(valuesOf(Uint8Array.of(0, 1, 255), { dtype: 'uint8', min: -1, scale: 0.5 })).toEqual([
      -1,
      1 * 0.5 - 1,
      255 * 0.5 - 1,
    ]);
    expect(valuesOf(Uint16Array.of(0, 256, 65535), { dtype: 'uint16', min: 0.1, scale: 0.001 })).toEqual([
      Math.fround(0.1),
      Math.fround(256 * 0.001 + 0.1),
      Math.fround(65535 * 0.001 + 0.1),
    ]);
  });

  it('reads float16: sign, exponent and fraction', () => {
    const bits = Uint16Array.of(0x0000, 0x3c00, 0xc000, 0x3555, 0x7bff, 0x0001, 0x8001, 0x0400);
    expect(valuesOf(bits, { dtype: 'float16' })).toEqual([
      0,
      1,
      -2,
      (1 + 0x155 / 1024) / 4,
      (1 + 1023 / 1024) * 2 ** 15,
      2 ** -24,
      -(2 ** -24),
      2 ** -14,
    ]);
  });

  it('finds weights one after another, whatever their alignment, and in several groups', () => {
    const bytes = new Uint8Array([9, 7, ...new Uint8Array(Float32Array.of(2.5).buffer)]);
    const byte = { dtype: 'uint8', min: 0, scale: 1 } as const;
    const weights = createWeights([
      { weights: [spec('a', [1], byte)], bytes: bytes.subarray(0, 1) },
      { weights: [spec('b', [1], byte), spec('c', [1])], bytes: bytes.subarray(1) },
    ]);
    expect(weights.names).toEqual(['a', 'b', 'c']);
    expect(weights.names.map((name) => weights.get(name).data[0])).toEqual([9, 7, 2.5]);
    expect(weights.stored('b')).toEqual(Uint8Array.of(7));
  });

  it('gives new floats each time, so that nobody changes the model', () => {
    const weights = createWeights([{ weights: [spec('w', [1])], bytes: new Uint8Array(4) }]);
    weights.get('w').data[0] = 5;
    expect(weights.get('w').data[0]).toBe(0);
  });

  it('reads a scalar and an empty weight', () => {
    const weights = createWeights([
      { weights: [spec('scalar', []), spec('none', [0, 3])], bytes: new Uint8Array(4) },
    ]);
    expect(weights.get('scalar').data).toHaveLength(1);
    expect(weights.get('none').data).toHaveLength(0);
  });

  it.each<[string, number, string, RegExp]>([
    ['too few bytes', 7, 'model_truncated', /1 bytes before the end of "b"/],
    ['too many bytes', 9, 'model_invalid', /1 bytes more/],
  ])('refuses %s', (_, length, code, detail) => {
    const group = { weights: [spec('a', [1]), spec('b', [1])], bytes: new Uint8Array(length) };
    expect(() => createWeights([group])).toThrow(
      expect.objectContaining({ code, detail: expect.stringMatching(detail) }),
    );
  });

  it('refuses a name that is there twice, and one that is not there', () => {
    const bytes = new Uint8Array(4);
    const twice = [
      { weights: [spec('w', [1])], bytes },
      { weights: [spec('w', [1])], bytes },
    ];
    expect(() => createWeights(twice)).toThrow(expect.objectContaining({ code: 'model_invalid' }));
    const weights = createWeights(twice.slice(1));
    for (const read of [weights.get, weights.spec, weights.stored])
      expect(() => read('x')).toThrow(expect.objectContaining({ code: 'model_weight_missing' }));
  });
});

describe('storedBytes', () => {
  it.each([
    [undefined, 6 * 4],
    [{ dtype: 'float16' } as const, 6 * 2],
    [{ dtype: 'uint16', min: 0, scale: 1 } as const, 6 * 2],
    [{ dtype: 'uint8', min: 0, scale: 1 } as const, 6 * 1],
  ])('counts what %j takes', (quantization, bytes) => {
    expect(storedBytes(spec('w', [2, 3], quantization))).toBe(bytes);
  });
});
