import { beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/contract/errors.ts';
import type { Preprocessing } from '../../../src/contract/manifest.ts';
import { decodeInput } from '../../../src/image/decode.ts';
import { type Catalog, createCatalog } from '../../../worker/catalog.ts';
import { codecs } from '../../../worker/inference/codecs.ts';
import { lowerTrunk } from '../../../worker/inference/engine.ts';
import { createTimings } from '../../../worker/inference/timings.ts';
import { createTrunks, type FeatureRecipe, type Trunks } from '../../../worker/inference/trunks.ts';
import { goldenImage } from '../support/files.ts';
import { CHANNELS, CUT, type TinyTrunk, tinyTrunk } from '../support/tiny-trunk.ts';

let tiny: TinyTrunk;
let others: readonly TinyTrunk[];
let photo: Uint8Array;
const preprocessing: Preprocessing = { size: 32, range: [0, 1] };
const recipe: FeatureRecipe = { cut: CUT, pooling: '1x1', preprocessing, replaced: null };

beforeAll(async () => {
  [tiny, ...others] = await tinyTrunk('tiny', 'b', 'c', 'd');
  photo = await goldenImage('jpeg-photo.jpg');
});

const run = (trunks: Trunks, { manifest }: TinyTrunk = tiny, wanted = recipe) =>
  trunks.features(
    manifest,
    wanted,
    { kind: 'encoded', images: [photo] },
    createTimings(() => 0),
  );

/** A catalog that counts the weights it gives, and can be told to fail. */
function counting(fail: () => boolean = () => false) {
  const catalog = createCatalog(tiny.fetchAsset);
  const read: string[] = [];
  const file: Catalog['file'] = async (name, path) => {
    read.push(`${name}/${path.replace(/^[0-9a-f]{64}/, 'shard')}`);
    if (fail()) throw new AppError('storage_failed', { detail: 'no answer' });
    return catalog.file(name, path);
  };
  return { catalog: { ...catalog, file }, read };
}

describe('features', () => {
  it('are what convolution, BatchNorm with stored statistics, ReLU and pooling give, by hand', async () => {
    const { data, shape } = await run(createTrunks(createCatalog(tiny.fetchAsset), codecs));
    expect(shape).toEqual([1, CHANNELS]);
    const x = await decodeInput(photo, codecs, preprocessing); // [32,32,3]
    const json = JSON.parse(new TextDecoder().decode(tiny.assets.get('/models/tiny/model.json')));
    const shard = tiny.assets.get(`/models/tiny/${json.weightsManifest[0].paths[0]}`);
    const weights = new Float32Array(new Uint8Array(shard ?? []).buffer);
    const kernel = weights.subarray(0, 27 * CHANNELS); // [3,3,3,c]
    const vector = (i: number, c: number) => weights[27 * CHANNELS + i * CHANNELS + c] ?? Number.NaN;
    for (let c = 0; c < CHANNELS; c++) {
      let sum = 0;
      // A window of 3 at stride 16 has 2x2 places on 32 px.
      for (const top of [0, 16])
        for (const left of [0, 16]) {
          let y = 0;
          for (let i = 0; i < 27; i++) {
            const [dy, dx, channel] = [Math.floor(i / 9), Math.floor(i / 3) % 3, i % 3];
            y += (x[((top + dy) * 32 + left + dx) * 3 + channel] ?? 0) * (kernel[i * CHANNELS + c] ?? 0);
          }
          const [gamma, beta, mean, variance] = [0, 1, 2, 3].map((i) => vector(i, c));
          const normal =
            ((y - (mean ?? 0)) / Math.sqrt((variance ?? 0) + 0.001)) * (gamma ?? 0) + (beta ?? 0);
          sum += Math.max(0, normal);
        }
      expect(data[c]).toBeCloseTo(sum / 4, 4);
    }
  });

  it('are pooled as the head wants', async () => {
    const trunks = createTrunks(createCatalog(tiny.fetchAsset), codecs);
    const quarters = await run(trunks, tiny, { ...recipe, pooling: '2x2' });
    const whole = await run(trunks);
    expect(quarters.shape).toEqual([1, 4 * CHANNELS]);
    for (let c = 0; c < CHANNELS; c++) {
      const mean = [0, 1, 2, 3].reduce((sum, q) => sum + (quarters.data[q * CHANNELS + c] ?? 0), 0) / 4;
      expect(whole.data[c]).toBeCloseTo(mean, 5);
    }
  });
});

describe('loading', () => {
  it('happens once for concurrent and later requests', async () => {
    const { catalog, read } = counting();
    const trunks = createTrunks(catalog, codecs);
    await Promise.all([run(trunks), run(trunks), run(trunks)]);
    await run(trunks);
    expect(read).toEqual(['tiny/model.json', 'tiny/shard.bin']);
    expect(trunks.loaded).toEqual([`tiny/${CUT}`]);
  });

  it('is tried again after it failed', async () => {
    let broken = true;
    const { catalog } = counting(() => broken);
    const trunks = createTrunks(catalog, codecs);
    const failed = await Promise.allSettled([run(trunks), run(trunks)]);
    expect(failed).toMatchObject([
      { status: 'rejected', reason: { code: 'storage_failed' } },
      { status: 'rejected', reason: { code: 'storage_failed' } },
    ]);
    broken = false;
    expect((await run(trunks)).shape).toEqual([1, CHANNELS]);
  });

  it('is our fault, and not the caller’s, when the weights are not what their name says', async () => {
    const catalog = createCatalog(tiny.fetchAsset);
    const trunks = createTrunks(
      {
        ...catalog,
        file: async (name, path) => (path.endsWith('.bin') ? new Uint8Array(8) : catalog.file(name, path)),
      },
      codecs,
    );
    await expect(run(trunks)).rejects.toMatchObject({ code: 'internal', cause: { code: 'digest_mismatch' } });
  });
});

describe('memory', () => {
  it('holds as many lowerings as fit, and gives the same numbers when one comes back', async () => {
    const lowering = lowerTrunk(
      await createTrunks(createCatalog(tiny.fetchAsset), codecs).model(tiny.manifest),
      { cut: CUT },
    );
    const trunks = createTrunks(createCatalog(tiny.fetchAsset), codecs, {
      maxLoweredBytes: 3 * lowering.weightBytes,
    });
    const first = await run(trunks);
    for (const other of others) await run(trunks, other);
    expect(trunks.loaded).toEqual(['b', 'c', 'd'].map((name) => `${name}/${CUT}`));
    expect(await run(trunks)).toEqual(first);
  });

  it('gives the same after refused images', async () => {
    const trunks = createTrunks(createCatalog(tiny.fetchAsset), codecs);
    const before = await run(trunks);
    await expect(
      trunks.features(
        tiny.manifest,
        recipe,
        { kind: 'encoded', images: [photo.slice(0, 500)] },
        createTimings(() => 0),
      ),
    ).rejects.toMatchObject({ code: 'image_invalid' });
    expect(await run(trunks)).toEqual(before);
  });
});
