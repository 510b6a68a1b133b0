// Images of known classes -> a ridge head and its artifact, as the phone makes it.
import { encodeHead } from '../../src/artifact/head-file.ts';
import type { HeadMetadata } from '../../src/contract/head.ts';
import type { ModelManifest } from '../../src/contract/manifest.ts';
import { trainRidge } from '../../src/head/ridge.ts';
import { finishTraining, type TrainedHead } from '../../src/head/trainer.ts';
import type { Lowering } from '../../src/trunk/lowering.ts';
import type { LabelledImage } from './fashion.ts';
import { breathe, extractFeatures } from './features.ts';

export interface MadeHead extends TrainedHead {
  readonly metadata: HeadMetadata;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** ms that the fit took, features at hand */
  readonly fitMs: number;
}

/** @param trunk runs to the manifest's default cut */
export async function trainHead(
  trunk: Lowering,
  manifest: ModelManifest,
  images: readonly LabelledImage[],
  classes: readonly string[],
  onProgress?: (done: number, of: number) => void,
): Promise<MadeHead> {
  const { cut, pooling, size } = manifest.defaults;
  const spec = { pooling, size, range: manifest.input.range };
  const files = images.map(({ bytes }) => bytes);
  const features = await extractFeatures(trunk, files, spec, onProgress);
  const begun = performance.now();
  const labels = images.map(({ label }) => label);
  const trained = await finishTraining(trainRidge({ features: features.data, classes, labels }));
  const fitMs = performance.now() - begun;
  await breathe();
  const metadata: HeadMetadata = {
    schema: 'topwork.head/1',
    kind: trained.head.kind,
    labels: [...trained.head.labels],
    model: manifest.name,
    trunk: manifest.digest,
    statistics: manifest.statistics,
    cut,
    pooling,
    preprocessing: { size, range: manifest.input.range },
    batchNorm: 'stored',
    calibration: trained.head.calibration,
    report: trained.report,
  };
  return { ...trained, metadata, bytes: encodeHead(trained.head, metadata), fitMs };
}
