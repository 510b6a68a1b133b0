// Heads as real files, small, for what reads them; told apart by one number.
import { encodeHead } from '../../../src/artifact/head-file.ts';
import { sha256Hex } from '../../../src/contract/digest.ts';
import type { HeadMetadata } from '../../../src/contract/head.ts';
import type { Digest, ModelName } from '../../../src/contract/ids.ts';
import { digest } from './records.ts';

/**
 * @param trunk the one it was made on
 * @param options.adapted to a light: with statistics of its own
 */
export async function headFile(
  n: number,
  trunk = digest('a'),
  { adapted = false }: { readonly adapted?: boolean } = {},
): Promise<{ readonly data: ArrayBuffer; readonly revision: Digest }> {
  const labels = ['Oak', 'Elm'];
  const calibration = { temperature: 1, rejectAbove: null };
  const report = { examples: [1, 1], heldOut: 'none' as const, accuracy: null, lambda: null };
  const metadata: HeadMetadata = {
    ...{ schema: 'topwork.head/1', kind: 'ridge', labels, model: 'mobilenet-v2' as ModelName },
    ...{ trunk, statistics: digest('b'), cut: 'c', pooling: '1x1' },
    ...{ preprocessing: { size: 160, range: [0, 1] }, batchNorm: 'stored', calibration, report },
  };
  const head = {
    ...{ kind: 'ridge' as const, labels, calibration },
    standardize: { mean: Float32Array.of(0), deviation: Float32Array.of(1) },
    layers: [{ kernel: Float32Array.of(n, -n), bias: Float32Array.of(0, 0), activation: 'linear' as const }],
  };
  const overlay = new Map([['bn/moving_mean', { data: Float32Array.of(n), shape: [1] }]]);
  const bytes = adapted
    ? encodeHead(head, { ...metadata, adaptation: { images: 12, alpha: 0.5 } }, { overlay })
    : encodeHead(head, metadata);
  return { data: bytes.buffer, revision: await sha256Hex(bytes) };
}
