// The stored BatchNorm statistics in figures, from the trunk's file as this device keeps it: no network when it is here.
import { decodeStatistics } from '../../../src/artifact/statistics-file.ts';
import type { BatchNormSummary } from '../../../src/contract/api.ts';
import type { ModelManifest } from '../../../src/contract/manifest.ts';
import { DeviceError } from '../../failure.ts';

/**
 * The figures of each layer, in the order of the network.
 * @throws DeviceError `offline`, `download_failed`; AppError `artifact_invalid`
 */
export async function readStatistics({
  name,
  batchNorm,
}: Pick<ModelManifest, 'name' | 'batchNorm'>): Promise<readonly BatchNormSummary[]> {
  const url = `/models/${name}/bn.safetensors`;
  const kept = await globalThis.caches?.match(url).catch(() => undefined);
  const response =
    kept ??
    (await fetch(url).catch((cause: unknown) => {
      throw new DeviceError('offline', { cause, detail: url });
    }));
  if (!response.ok) throw new DeviceError('download_failed', { detail: `${url}: status ${response.status}` });
  const layers = decodeStatistics(new Uint8Array(await response.arrayBuffer()));
  const byName = new Map(layers.map((layer) => [layer.layer, layer]));
  return batchNorm.flatMap(({ layer }) => {
    const found = byName.get(layer);
    if (found === undefined) return [];
    const { mean, variance, epsilon, momentum } = found;
    return {
      ...{ layer, channels: mean.length, epsilon, momentum },
      ...{ mean: rangeOf(mean), variance: rangeOf(variance) },
    };
  });
}

function rangeOf(values: Float32Array): BatchNormSummary['mean'] {
  return {
    min: values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    max: values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
  };
}
