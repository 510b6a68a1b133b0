import { describe, expect, it, onTestFinished } from 'vitest';
import { TRUNK_CACHE } from '../../../../../app/sw/names.ts';
import { readStatistics } from '../../../../../app/ui/trunk/statistics.ts';
import { encodeStatistics } from '../../../../../src/artifact/statistics-file.ts';
import { MANIFEST } from '../../../support/manifest.ts';

const LAYER = { epsilon: 0.001, momentum: 0.99 };
const FILE = encodeStatistics([
  { ...LAYER, layer: 'bn_a', mean: Float32Array.of(-2, 1, 0.5), variance: Float32Array.of(1, 0, 4) },
  { ...LAYER, layer: 'bn_b', mean: Float32Array.of(3), variance: Float32Array.of(0.25) },
]);

async function keep(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const cache = await caches.open(TRUNK_CACHE);
  await cache.put(`/models/${MANIFEST.name}/bn.safetensors`, new Response(bytes));
  onTestFinished(async () => void (await caches.delete(TRUNK_CACHE)));
}

describe('the statistics of the trunk', () => {
  it('are read from what this device keeps, in the order of the network', async () => {
    await keep(FILE);
    expect(await readStatistics(MANIFEST)).toEqual([
      { ...LAYER, layer: 'bn_b', channels: 1, mean: { min: 3, max: 3 }, variance: { min: 0.25, max: 0.25 } },
      { ...LAYER, layer: 'bn_a', channels: 3, mean: { min: -2, max: 1 }, variance: { min: 0, max: 4 } },
    ]);
  });

  it('are refused when the file is not what it should be', async () => {
    await keep(new Uint8Array([1, 2, 3]));
    await expect(readStatistics(MANIFEST)).rejects.toMatchObject({ code: 'artifact_invalid' });
  });
});
