// Golden inputs of a trunk and the numbers that they must give: GET /api/models/:model/conformance.
import * as v from 'valibot';
import { Digest, ModelName } from './ids.ts';
import { Pooling, Preprocessing } from './manifest.ts';

const base64 = v.pipe(v.string(), v.base64());
const share = v.pipe(v.number(), v.finite(), v.minValue(0));

/** One way from an image to features: what enters the trunk, where it ends, how the activation is pooled. */
export const ConformanceRecipe = v.object({
  name: v.picklist(['default', 'end']),
  cut: v.string(),
  pooling: Pooling,
  preprocessing: Preprocessing,
});
export type ConformanceRecipe = v.InferOutput<typeof ConformanceRecipe>;

/** What one recipe must make of one image. */
export const ConformanceExpectation = v.object({
  recipe: ConformanceRecipe.entries.name,
  /** SHA-256 of the float32 bytes, little-endian, that enter the trunk: [size,size,3], row by row. */
  input: Digest,
  /** The features [d]: float32, little-endian, in base64. */
  features: base64,
});
export type ConformanceExpectation = v.InferOutput<typeof ConformanceExpectation>;

/** An encoded image, and what it must become. */
export const ConformanceImage = v.object({
  name: v.string(),
  mediaType: v.picklist(['image/jpeg', 'image/png', 'image/webp']),
  /** SHA-256 of the encoded bytes. */
  sha256: Digest,
  /** The encoded bytes, in base64. */
  data: base64,
  expected: v.array(ConformanceExpectation),
});
export type ConformanceImage = v.InferOutput<typeof ConformanceImage>;

export const Conformance = v.object({
  schema: v.literal('topwork.conformance/1'),
  model: ModelName,
  /** Digest of the trunk whose features these are. */
  trunk: Digest,
  /** Digest of its BatchNorm statistics. */
  statistics: Digest,
  /** `default`, what a new head reads; `end`, the same image through the whole trunk. */
  recipes: v.array(ConformanceRecipe),
  images: v.array(ConformanceImage),
  tolerance: v.object({
    /** Largest difference of a feature, divided by the largest feature of the image. */
    features: share,
    /** Largest difference of a probability. */
    probabilities: share,
  }),
});
export type Conformance = v.InferOutput<typeof Conformance>;
