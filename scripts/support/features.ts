// Image files -> trunk features, in small batches, with progress.
import type { ModelManifest } from '../../src/contract/manifest.ts';
import type { NdArray } from '../../src/contract/nd-array.ts';
import { decodeInput } from '../../src/image/decode.ts';
import type { Lowering } from '../../src/trunk/lowering.ts';
import { nodeCodecs } from './codecs.ts';

const BATCH = 8;
const codecs = nodeCodecs();

/** Lets the event loop turn once: Ctrl-C and closing sockets are noticed between long computations. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What makes features: where the trunk ends, how it is pooled, and what it is shown. */
export type FeatureSpec = Pick<ModelManifest['defaults'], 'pooling' | 'size'> & {
  readonly range: ModelManifest['input']['range'];
};

/** @returns the trunk's input, [n,size,size,3] */
export async function toImages(
  files: readonly Uint8Array[],
  { size, range }: Omit<FeatureSpec, 'pooling'>,
): Promise<NdArray> {
  const stride = size * size * 3;
  const data = new Float32Array(files.length * stride);
  for (const [i, bytes] of files.entries())
    await decodeInput(bytes, codecs, { size, range }, { out: data.subarray(i * stride, (i + 1) * stride) });
  return { data, shape: [files.length, size, size, 3] };
}

/** @returns [n,d] */
export async function extractFeatures(
  trunk: Lowering,
  files: readonly Uint8Array[],
  spec: FeatureSpec,
  onProgress: (done: number, of: number) => void = () => {},
): Promise<NdArray> {
  let features = new Float32Array();
  let dim = 0;
  for (let at = 0; at < files.length; at += BATCH) {
    const images = await toImages(files.slice(at, at + BATCH), spec);
    const batch = await trunk.features(images, spec.pooling);
    dim = batch.shape[1] ?? 0;
    if (at === 0) features = new Float32Array(files.length * dim);
    features.set(batch.data, at * dim);
    onProgress(Math.min(at + BATCH, files.length), files.length);
    await breathe();
  }
  return { data: features, shape: [files.length, dim] };
}
