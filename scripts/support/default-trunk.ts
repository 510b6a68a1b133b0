// The trunk that every installation starts with, and the choices that were measured for it (docs/decisions.md).
import type { ModelManifest } from '../../src/contract/manifest.ts';
import { importTrunkFolder } from './import-trunk.ts';

/** Folder of built trunks, beside dist/. */
export const MODELS = 'models';
export const DEFAULT_TRUNK = 'mobilenet-v2';

/** Writes models/mobilenet-v2 from the pinned npm package; takes under a second, so it is done at every build. */
export function buildDefaultTrunk(): Promise<ModelManifest> {
  return importTrunkFolder({
    source: 'nsfwjs/dist/models/mobilenet_v2',
    name: DEFAULT_TRUNK,
    into: MODELS,
    range: [0, 1],
    cut: 'block_13_expand_relu',
    pooling: '1x1',
    size: 160,
  });
}
