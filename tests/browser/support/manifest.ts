// The manifest of a small trunk that is not there, for tests of what shows it.
import * as v from 'valibot';
import { ModelManifest } from '../../../src/contract/manifest.ts';

const DIGEST = 'ab'.repeat(32);

/** Two BatchNorm layers of 32 and 96 channels, a cut with 96 features. */
export const MANIFEST: ModelManifest = v.parse(ModelManifest, {
  schema: 'topwork.trunk/1',
  name: 'tiny',
  digest: DIGEST,
  weights: DIGEST,
  statistics: 'cd'.repeat(32),
  input: { size: 96, range: [-1, 1] },
  defaults: { cut: 'relu_1', pooling: '1x1', size: 64 },
  cuts: [{ layer: 'relu_1', shape: [12, 12, 96], dim: 96, macs: 1_500_000 }],
  batchNorm: ['bn_b', 'bn_a'].map((layer, i) => ({
    ...{ layer, channels: [32, 96][i], epsilon: 0.001, momentum: 0.99 },
    ...{ scale: true, center: true, trainable: false },
  })),
  parameters: 12_345,
  files: [
    { path: 'model.json', bytes: 1000, sha256: DIGEST },
    { path: `${DIGEST}.bin`, bytes: 1500, sha256: DIGEST },
  ],
  licence: 'MIT',
  source: 'npm:@scope/some-package@1.0.0/model',
});
