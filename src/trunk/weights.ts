// The weights of a tfjs layers-model: their table, and their values, dequantised when they are asked for (the bytes
// as shipped are a quarter of the floats). No topology, no I/O.
import * as v from 'valibot';
import { AppError } from '../contract/errors.ts';
import { fromHalf } from '../contract/half.ts';
import type { NdArray } from '../contract/nd-array.ts';
import { product } from './graph.ts';

const size = v.pipe(v.number(), v.integer(), v.minValue(0));
const WeightSpec = v.object({
  name: v.pipe(v.string(), v.minLength(1)),
  shape: v.array(size),
  dtype: v.literal('float32'),
  quantization: v.optional(
    v.union([
      v.object({ dtype: v.picklist(['uint8', 'uint16']), min: v.number(), scale: v.number() }),
      v.object({ dtype: v.literal('float16') }),
    ]),
  ),
});
/** One weight in tfjs's `weightsManifest`: value = stored * scale + min where it is quantised to integers. */
export type WeightSpec = v.InferOutput<typeof WeightSpec>;

/** A run of weights in one or more shard files. */
export const WeightsManifest = v.array(
  v.object({ paths: v.array(v.pipe(v.string(), v.minLength(1))), weights: v.array(WeightSpec) }),
);
export type WeightsManifest = v.InferOutput<typeof WeightsManifest>;

/** Bytes that a weight takes in its shard. */
export function storedBytes(spec: WeightSpec): number {
  return product(spec.shape) * BYTES[spec.quantization?.dtype ?? 'float32'];
}

const BYTES = { float32: 4, float16: 2, uint16: 2, uint8: 1 } as const;

/** Weights by name; `get` dequantises anew at each call, so keep what you need. */
export interface Weights {
  readonly names: readonly string[];
  /** @throws AppError `model_weight_missing` */
  spec(name: string): WeightSpec;
  /** @throws AppError `model_weight_missing` */
  get(name: string): NdArray;
  /** The bytes as stored, little-endian. @throws AppError `model_weight_missing` */
  stored(name: string): Uint8Array;
}

/**
 * @param groups each with the joined bytes of its shards
 * @throws AppError `model_truncated` when bytes are missing, `model_invalid` when there are too many or a name is twice
 */
export function createWeights(
  groups: readonly { readonly weights: readonly WeightSpec[]; readonly bytes: Uint8Array }[],
): Weights {
  const table = new Map<string, { readonly spec: WeightSpec; readonly bytes: Uint8Array }>();
  for (const { weights, bytes } of groups) {
    let at = 0;
    for (const spec of weights) {
      const length = storedBytes(spec);
      if (at + length > bytes.length)
        throw new AppError('model_truncated', {
          detail: `The shards end ${at + length - bytes.length} bytes before the end of "${spec.name}": fetch them again.`,
        });
      if (table.has(spec.name))
        throw new AppError('model_invalid', { detail: `The weight "${spec.name}" is listed twice.` });
      table.set(spec.name, { spec, bytes: bytes.subarray(at, at + length) });
      at += length;
    }
    if (at !== bytes.length)
      throw new AppError('model_invalid', {
        detail: `The shards hold ${bytes.length - at} bytes more than the weights that are listed.`,
      });
  }
  const entry = (name: string) => {
    const found = table.get(name);
    if (found === undefined)
      throw new AppError('model_weight_missing', { detail: `The model has no weight "${name}".` });
    return found;
  };
  return {
    names: [...table.keys()],
    spec: (name) => entry(name).spec,
    stored: (name) => entry(name).bytes,
    get: (name) => {
      const { spec, bytes } = entry(name);
      return { data: dequantise(spec, bytes), shape: spec.shape };
    },
  };
}

function dequantise(spec: WeightSpec, bytes: Uint8Array): Float32Array {
  const aligned = new Uint8Array(bytes).buffer;
  const quantization = spec.quantization;
  if (quantization === undefined) return new Float32Array(aligned);
  switch (quantization.dtype) {
    case 'uint8':
    case 'uint16': {
      const stored = quantization.dtype === 'uint8' ? new Uint8Array(aligned) : new Uint16Array(aligned);
      const values = new Float32Array(stored.length);
      // A plain loop: Float32Array.from with a function takes ten times as long for millions of weights.
      for (let i = 0; i < values.length; i++)
        values[i] = (stored[i] ?? 0) * quantization.scale + quantization.min;
      return values;
    }
    case 'float16':
      return fromHalf(new Uint16Array(aligned));
    default:
      return quantization satisfies never;
  }
}
