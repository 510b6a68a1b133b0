// Heads for tests: whole artifacts, with weights that make the answer plain.
import * as v from 'valibot';
import { encodeHead } from '../../../src/artifact/head-file.ts';
import { HeadMetadata } from '../../../src/contract/head.ts';
import type { ModelManifest } from '../../../src/contract/manifest.ts';
import type { WeightOverlay } from '../../../src/trunk/overlay.ts';
import { poolingFactor } from '../../../src/trunk/pool.ts';

/** What a test wants of a head; the rest fits the trunk. */
export interface HeadWish {
  readonly labels?: readonly string[];
  /** Added to every bias: another value makes another revision. */
  readonly bias?: number;
  readonly rejectAbove?: number | null;
  /** Features that it reads, where they are not to fit. */
  readonly dim?: number;
  /** Weights of the trunk that it replaces; `metadata.statistics` must then tell the statistics that come of it. */
  readonly overlay?: WeightOverlay;
  readonly metadata?: Partial<Record<keyof HeadMetadata, unknown>>;
}

/** A linear head whose logit of class c is feature c (0 beyond the features) plus the bias, which shifts class 0 alone. */
export function headFile(manifest: ModelManifest, wish: HeadWish = {}): Uint8Array<ArrayBuffer> {
  const { labels = ['cup', 'plate', 'fork'], bias = 0, rejectAbove = null, overlay = new Map() } = wish;
  const { cut, pooling, size } = manifest.defaults;
  const calibration = { temperature: 1, rejectAbove };
  const metadata = v.parse(HeadMetadata, {
    ...{ schema: 'topwork.head/1', kind: 'ridge', labels, model: manifest.name, trunk: manifest.digest },
    ...{ statistics: manifest.statistics, cut, pooling, batchNorm: 'stored', calibration },
    preprocessing: { size, range: manifest.input.range },
    report: { examples: labels.map(() => 1), heldOut: 'none', accuracy: null, lambda: null },
    ...wish.metadata,
  });
  const channels = manifest.cuts.find(({ layer }) => layer === metadata.cut)?.dim ?? 1;
  const d = wish.dim ?? channels * poolingFactor(metadata.pooling);
  const k = labels.length;
  const kernel = Float32Array.from({ length: d * k }, (_, at) => (Math.floor(at / k) === at % k ? 1 : 0)); // [d,k]
  return encodeHead(
    {
      kind: metadata.kind,
      labels: metadata.labels,
      standardize: { mean: new Float32Array(d), deviation: new Float32Array(d).fill(1) },
      layers: [
        { kernel, bias: Float32Array.from(labels, (_, c) => (c === 0 ? bias : 0)), activation: 'linear' },
      ],
      calibration,
    },
    metadata,
    { overlay },
  );
}
