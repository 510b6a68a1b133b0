// The golden check of the default trunk, the same for every platform: from the bytes of an image to its features.
// Imports nothing of any platform; files, codecs and the backend are the caller's.
import * as v from 'valibot';
import { Digest } from '../../src/contract/ids.ts';
import { Preprocessing } from '../../src/contract/manifest.ts';
import { type Codecs, decodeImage } from '../../src/image/decode.ts';
import { preprocess } from '../../src/image/preprocess.ts';
import type { LowerTrunk } from '../../src/trunk/lowering.ts';
import type { TrunkModel } from '../../src/trunk/model-files.ts';

/** Reads a file of `tests/golden/trunk` by its name. */
export type ReadGolden = (name: string) => Promise<Uint8Array>;

/** float32, little-endian, in base64 */
const Floats = v.pipe(
  v.string(),
  v.transform((text) => {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    return new Float32Array(bytes.buffer);
  }),
);

const Golden = v.object({
  /** Digest of the trunk: the `digest` of its manifest. */
  trunk: Digest,
  input: Preprocessing,
  images: v.record(
    v.string(),
    v.object({
      /** SHA-256 of the float32 bytes that enter the trunk. */
      input: Digest,
      /** Means over the activation at each cut. */
      features: v.record(v.string(), Floats),
    }),
  ),
});
export type Golden = v.InferOutput<typeof Golden>;

/** An image's input to the trunk, and its features by cut. */
export interface Figures {
  readonly input: Float32Array;
  readonly features: ReadonlyMap<string, Float32Array>;
}

/** How the features of one image at one cut compare. */
export interface Comparison {
  readonly image: string;
  readonly cut: string;
  readonly count: number;
  /** How many are not the same float, bit for bit. */
  readonly changed: number;
  /** Largest difference divided by the largest feature; infinite where the shape or a NaN makes it meaningless. */
  readonly error: number;
}

/**
 * Computes the features of every golden image and compares them. The engine's relaxed build gives the same
 * bits everywhere; its plain build, and tfjs, round more often or sum in another order: errors up to 4e-6, allow 1e-5.
 * @param digest of the trunk that the platform has: its manifest's
 * @param figuresOf what the platform makes of an image file; `localFigures` where the backend is in this process
 * @returns one comparison for each image and cut
 * @throws Error when the trunk is another one, or an image enters it otherwise: then features say nothing of the trunk
 */
export async function checkTrunkGolden(
  read: ReadGolden,
  digest: string,
  figuresOf: (bytes: Uint8Array, input: Golden['input'], cuts: readonly string[]) => Promise<Figures>,
): Promise<readonly Comparison[]> {
  const golden = v.parse(Golden, JSON.parse(new TextDecoder().decode(await read('expected.json'))));
  if (digest !== golden.trunk)
    throw new Error(`The golden features are of trunk ${golden.trunk}, not ${digest}.`);
  const comparisons: Comparison[] = [];
  for (const [image, expected] of Object.entries(golden.images)) {
    const found = await figuresOf(await read(image), golden.input, Object.keys(expected.features));
    if ((await sha256(found.input)) !== expected.input)
      throw new Error(`${image} enters the trunk otherwise.`);
    for (const [cut, floats] of Object.entries(expected.features))
      comparisons.push({ image, cut, ...compare(found.features.get(cut) ?? new Float32Array(), floats) });
  }
  return comparisons;
}

/** Decodes, preprocesses and runs an image on the tfjs backend that is set. */
export async function localFigures(
  lower: LowerTrunk,
  model: TrunkModel,
  codecs: Codecs,
  bytes: Uint8Array,
  { size, range }: Golden['input'],
  cuts: readonly string[],
): Promise<Figures> {
  const input = preprocess(await decodeImage(bytes, codecs), { size, range });
  const features = new Map<string, Float32Array>();
  for (const cut of cuts) {
    const lowering = lower(model, { cut });
    try {
      const { data } = await lowering.features({ data: input, shape: [1, size, size, 3] }, '1x1');
      features.set(cut, data);
    } finally {
      lowering.dispose();
    }
  }
  return { input, features };
}

/** SHA-256 of the float32 bytes, in hex. */
export async function sha256(floats: Float32Array): Promise<string> {
  const bytes = new Uint8Array(Float32Array.from(floats).buffer);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function compare(
  actual: Float32Array,
  expected: Float32Array,
): Pick<Comparison, 'count' | 'changed' | 'error'> {
  let changed = Math.abs(actual.length - expected.length);
  let difference = changed === 0 ? 0 : Number.POSITIVE_INFINITY;
  let largest = 0;
  expected.forEach((value, i) => {
    const found = actual[i] ?? Number.NaN;
    if (!Object.is(found, value)) changed++;
    const distance = Math.abs(found - value);
    difference = Math.max(difference, Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance);
    largest = Math.max(largest, Math.abs(value));
  });
  return { count: expected.length, changed, error: difference / largest };
}
