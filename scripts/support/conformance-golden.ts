// Makes a trunk's conformance document: committed images, and what this very code computes of them.
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import {
  Conformance,
  type ConformanceExpectation,
  type ConformanceImage,
  type ConformanceRecipe,
} from '../../src/contract/conformance.ts';
import { sha256Hex } from '../../src/contract/digest.ts';
import type { ModelManifest } from '../../src/contract/manifest.ts';
import { readModel } from '../../src/trunk/model-files.ts';
import { lowerTrunk } from './engine.ts';
import { toImages } from './features.ts';

/** One of each format, and among them what decoders disagree on: chroma subsampling, orientation, alpha, 16 bit. */
const IMAGES = [
  { name: 'photo, JPEG 4:2:0', path: 'image/jpeg-photo.jpg', mediaType: 'image/jpeg' },
  { name: 'progressive JPEG 4:2:2', path: 'image/jpeg-progressive-422.jpg', mediaType: 'image/jpeg' },
  { name: 'JPEG, EXIF orientation 6', path: 'image/jpeg-orientation-6.jpg', mediaType: 'image/jpeg' },
  { name: 'PNG', path: 'trunk/colour.png', mediaType: 'image/png' },
  { name: 'PNG, grey, 28 px', path: 'trunk/sneaker.png', mediaType: 'image/png' },
  { name: 'PNG, alpha', path: 'image/png-alpha.png', mediaType: 'image/png' },
  { name: 'PNG, 16 bit', path: 'image/png-16bit.png', mediaType: 'image/png' },
  { name: 'WebP', path: 'image/webp-lossy.webp', mediaType: 'image/webp' },
] as const;

/**
 * On the engine's relaxed build all platforms agree to the bit. Its plain build, and tfjs, round more often or sum in
 * another order: measured up to 4e-6 of the largest feature. Probabilities go through a head and its temperature besides.
 */
const TOLERANCE = { features: 1e-5, probabilities: 1e-4 };

/** The recipes of a trunk: what a new head reads, and the same image through the whole trunk. */
export function recipesOf({ defaults, cuts, input }: ModelManifest): readonly ConformanceRecipe[] {
  const preprocessing = { size: defaults.size, range: input.range };
  const end = cuts.at(-1)?.layer ?? defaults.cut;
  return [
    { name: 'default', cut: defaults.cut, pooling: defaults.pooling, preprocessing },
    { name: 'end', cut: end, pooling: '1x1', preprocessing },
  ];
}

/**
 * @param manifest of the trunk
 * @param readFile bytes of a file of its folder
 */
export async function makeConformance(
  manifest: ModelManifest,
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<Conformance> {
  const recipes = recipesOf(manifest);
  const json: unknown = JSON.parse(new TextDecoder().decode(await readFile('model.json')));
  const model = await readModel(json, readFile);
  const files = IMAGES.map(({ path }) => new Uint8Array(readFileSync(`tests/golden/${path}`)));
  const expected: ConformanceExpectation[][] = files.map(() => []);
  for (const { name, cut, pooling, preprocessing } of recipes) {
    const trunk = lowerTrunk(model, { cut });
    try {
      for (const [i, file] of files.entries()) {
        const images = await toImages([file], preprocessing);
        const features = (await trunk.features(images, pooling)).data;
        expected[i]?.push({
          recipe: name,
          input: await sha256Hex(bytesOf(images.data)),
          features: Buffer.from(bytesOf(features)).toString('base64'),
        });
      }
    } finally {
      trunk.dispose();
    }
  }
  const images: readonly ConformanceImage[] = await Promise.all(
    IMAGES.map(async ({ name, mediaType }, i) => {
      const file = files[i] ?? new Uint8Array();
      const data = Buffer.from(file).toString('base64');
      return { name, mediaType, sha256: await sha256Hex(file), data, expected: expected[i] ?? [] };
    }),
  );
  return v.parse(Conformance, {
    schema: 'topwork.conformance/1',
    ...{ model: manifest.name, trunk: manifest.digest, statistics: manifest.statistics },
    ...{ recipes, images, tolerance: TOLERANCE },
  });
}

/** float32, little-endian, as all platforms here are. */
export function bytesOf(floats: Float32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Float32Array.from(floats).buffer);
}

/** The floats of a base64 text. */
export function floatsOf(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  return new Float32Array(new Uint8Array(bytes).buffer);
}
