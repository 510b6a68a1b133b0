// A head on real images as the default head is made, and features for it: what the edge and the size of a head are
// measured with.
import { readFile } from 'node:fs/promises';
import { lowerTrunk } from '../scripts/support/engine.ts';
import { GARMENTS, readGarments, SAMPLE } from '../scripts/support/fashion.ts';
import { extractFeatures } from '../scripts/support/features.ts';
import { trainHead } from '../scripts/support/train-head.ts';
import type { Trunk } from './load-trunk.ts';

const PER_CLASS = 20;

/** @returns the encoded head, and the features [d] of one test image */
export async function makeHead({ model, manifest }: Trunk): Promise<{
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly features: Float32Array;
}> {
  const { cut, pooling, size } = manifest.defaults;
  const lowering = lowerTrunk(model, { cut });
  try {
    const { bytes } = await trainHead(lowering, manifest, readGarments('train', PER_CLASS), GARMENTS);
    const sample = new Uint8Array(await readFile(SAMPLE));
    const { data } = await extractFeatures(lowering, [sample], {
      pooling,
      size,
      range: manifest.input.range,
    });
    return { bytes, features: data };
  } finally {
    lowering.dispose();
  }
}
