// The predictor: batches, and what concurrent requests share. Which head answers is tested through the routes.
import * as v from 'valibot';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { sha256Hex } from '../../../src/contract/digest.ts';
import { HeadId, ModelName } from '../../../src/contract/ids.ts';
import { MAX_BATCH } from '../../../src/contract/limits.ts';
import { decodeInput } from '../../../src/image/decode.ts';
import { createCatalog } from '../../../worker/catalog.ts';
import { codecs } from '../../../worker/inference/codecs.ts';
import { createLoadedHeads } from '../../../worker/inference/loaded-heads.ts';
import {
  type Chosen,
  type ChosenHead,
  createPredictor,
  type PredictorInput,
} from '../../../worker/inference/predictor.ts';
import { createTimings } from '../../../worker/inference/timings.ts';
import { createTrunks } from '../../../worker/inference/trunks.ts';
import { OPERATOR } from '../../../worker/store/head-store.ts';
import { createMemoryHeadStore } from '../../../worker/store/memory-heads.ts';
import { goldenImage } from '../support/files.ts';
import { headFile } from '../support/heads.ts';
import { CHANNELS, tinyTrunk } from '../support/tiny-trunk.ts';

const NAMES = ['jpeg-photo.jpg', 'png-rgb.png', 'webp-lossy.webp', 'jpeg-gray.jpg'];
const SIZE = 32;

let images: readonly Uint8Array[];
let setup: Awaited<ReturnType<typeof make>>;

beforeAll(async () => {
  images = await Promise.all(NAMES.map(goldenImage));
  setup = await make();
});

/** A predictor with a default head of the tiny trunk, and the reads of heads that it makes. */
async function make(fail: () => boolean = () => false) {
  const [{ manifest, fetchAsset }] = await tinyTrunk('tiny');
  const fetched: string[] = [];
  const catalog = createCatalog((path) => {
    fetched.push(path);
    return fetchAsset(path);
  });
  const heads = createMemoryHeadStore();
  const content = headFile(manifest);
  const revision = await sha256Hex(content);
  const { name: model, digest: trunk } = manifest;
  const labels = ['cup', 'plate', 'fork'];
  const rest = { expected: 'absent', visibility: 'public', now: 0 } as const;
  await heads.put({
    owner: OPERATOR,
    id: v.parse(HeadId, model),
    model,
    trunk,
    labels,
    content,
    revision,
    ...rest,
  });
  const reads: string[] = [];
  const read: typeof heads.read = (head, which) => {
    reads.push(head.id);
    return fail() ? Promise.resolve(null) : heads.read(head, which);
  };
  const predictor = createPredictor({
    heads,
    catalog,
    loadedHeads: createLoadedHeads({ read }),
    trunks: createTrunks(catalog, codecs),
  });
  return { predictor, reads, fetched };
}

const predict = async (input: PredictorInput) => {
  const { predictor } = setup;
  const chosen: Chosen<ChosenHead> = await predictor.choose({}, null);
  return predictor.predict(
    chosen,
    input,
    createTimings(() => 0),
  );
};
const encoded = (...batch: readonly (Uint8Array | undefined)[]): PredictorInput => ({
  kind: 'encoded',
  images: batch.filter((image) => image !== undefined),
});
const features = (n: number, d = CHANNELS): PredictorInput => ({
  kind: 'features',
  features: { data: Float32Array.from({ length: n * d }, (_, i) => i / 7), shape: [n, d] },
});

describe('prepare', () => {
  const shards = (paths: readonly string[]) => paths.filter((path) => path.endsWith('.bin'));

  it('reads the trunk before it is known which head answers, and once', async () => {
    const { predictor, reads, fetched } = await make();
    predictor.prepare({});
    await vi.waitFor(() => expect(shards(fetched)).toHaveLength(1));
    expect(reads).toEqual([]);
    const chosen = await predictor.choose({}, null);
    await predictor.predict(
      chosen,
      encoded(images[0]),
      createTimings(() => 0),
    );
    expect(shards(fetched)).toHaveLength(1);
  });

  it('leaves it to the request to fail, where there is no such model', async () => {
    const { predictor, fetched } = await make();
    const model = v.parse(ModelName, 'unknown');
    predictor.prepare({ model });
    await expect(predictor.choose({ model }, null)).rejects.toMatchObject({ code: 'model_not_found' });
    expect(shards(fetched)).toEqual([]);
  });

  it('is not needed for features, which read no trunk', async () => {
    const { predictor, fetched } = await make();
    const chosen = await predictor.choose({}, null);
    await predictor.predict(
      chosen,
      features(1),
      createTimings(() => 0),
    );
    expect(shards(fetched)).toEqual([]);
  });
});

describe('a batch', () => {
  it('gives each image what it gets alone, to the bit, in any order and size of batch', async () => {
    const alone = await Promise.all(images.map((image) => predict(encoded(image))));
    for (const order of [[0, 1, 2, 3], [3, 1], [2, 2, 2, 0, 1, 3, 0], Array(MAX_BATCH).fill(1)]) {
      const { n, features, scores } = await predict(encoded(...order.map((i: number) => images[i])));
      expect(n).toBe(order.length);
      order.forEach((which: number, i) => {
        const expected = alone[which];
        expect(features.slice(i * CHANNELS, (i + 1) * CHANNELS)).toEqual(expected?.features);
        expect(scores.logits.slice(i * 3, (i + 1) * 3)).toEqual(expected?.scores.logits);
        expect(scores.probabilities.slice(i * 3, (i + 1) * 3)).toEqual(expected?.scores.probabilities);
      });
    }
  });

  it('of tensors gives what their images give, to the bit', async () => {
    const tensors = await Promise.all(
      images.map((image) => decodeInput(image, codecs, { size: SIZE, range: [0, 1] })),
    );
    const data = Float32Array.from(tensors.flatMap((tensor) => [...tensor]));
    const shape = [tensors.length, SIZE, SIZE, 3];
    expect(await predict({ kind: 'tensor', images: { data, shape } })).toEqual(
      await predict(encoded(...images)),
    );
  });

  it('of features gives what each gets alone', async () => {
    const { scores } = await predict(features(3));
    const row = Float32Array.from({ length: CHANNELS }, (_, i) => (i + CHANNELS) / 7);
    const alone = await predict({ kind: 'features', features: { data: row, shape: [1, CHANNELS] } });
    expect(scores.logits.slice(3, 6)).toEqual(alone.scores.logits);
  });

  it('names the image that fails, and leaves nothing behind', async () => {
    const before = await predict(encoded(images[0]));
    const cut = images[0]?.slice(0, 300);
    await expect(predict(encoded(images[0], images[1], cut))).rejects.toMatchObject({
      code: 'image_invalid',
      detail: expect.stringMatching(/^Image 2 of the batch: /),
    });
    await expect(predict(encoded(cut))).rejects.toMatchObject({
      detail: expect.not.stringContaining('batch'),
    });
    expect(await predict(encoded(images[0]))).toEqual(before);
  });

  it.each([
    ['none', encoded(), 'batch_too_large'],
    ['33 images', encoded(...Array(33).fill(new Uint8Array())), 'batch_too_large'],
    ['33 features', features(33), 'batch_too_large'],
    ['features of another dimension', features(1, 5), 'features_invalid'],
    [
      'a flat shape',
      { kind: 'features', features: { data: new Float32Array(4), shape: [4] } },
      'features_invalid',
    ],
    [
      'NaN',
      { kind: 'features', features: { data: Float32Array.of(1, 2, 3, Number.NaN), shape: [1, 4] } },
      'features_invalid',
    ],
    [
      'a tensor of another size',
      { kind: 'tensor', images: { data: new Float32Array(768), shape: [1, 16, 16, 3] } },
      'shape_mismatch',
    ],
    [
      'a tensor that lacks data',
      { kind: 'tensor', images: { data: new Float32Array(768), shape: [1, 32, 32, 3] } },
      'shape_mismatch',
    ],
  ] as const)('is refused with %s', async (_, input, code) => {
    await expect(predict(input)).rejects.toMatchObject({ code });
  });
});

describe('requests at the same time', () => {
  it('share one load of a head, and later ones need none', async () => {
    const { predictor, reads } = await make();
    await Promise.all(Array.from({ length: 5 }, () => predictor.choose({}, null)));
    await predictor.choose({}, null);
    expect(reads).toEqual(['tiny']);
  });

  it('fail together when the head cannot be read, and the next one reads it again', async () => {
    let broken = true;
    const { predictor, reads } = await make(() => broken);
    const failed = await Promise.allSettled([predictor.choose({}, null), predictor.choose({}, null)]);
    for (const outcome of failed)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'storage_failed' } });
    broken = false;
    const before = reads.length;
    await predictor.choose({}, null);
    expect(reads).toHaveLength(before + 1);
  });

  it('are each answered with their own images', async () => {
    const [one, other] = [encoded(images[0], images[1]), encoded(images[2], images[3], images[0])];
    const expected = [await predict(one), await predict(other)];
    const together = await Promise.all([predict(one), predict(other), predict(one), predict(other)]);
    expect(together).toEqual([...expected, ...expected]);
  });
});
