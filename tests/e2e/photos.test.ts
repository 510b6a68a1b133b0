// Photos as large as phones take them, at the real Worker: its answer is the one that Node computes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrol, predict, putHead } from '../../scripts/support/edge-client.ts';
import { lowerTrunk } from '../../scripts/support/engine.ts';
import { GARMENTS, readGarments } from '../../scripts/support/fashion.ts';
import { extractFeatures } from '../../scripts/support/features.ts';
import { makePhoto } from '../../scripts/support/photos.ts';
import { type MadeHead, trainHead } from '../../scripts/support/train-head.ts';
import { applyHead } from '../../src/head/head.ts';
import type { Lowering } from '../../src/trunk/lowering.ts';
import { loadTrunk, type TrunkFolder } from '../support/trunk.ts';
import { startWorker } from '../support/worker-process.ts';

let worker: Awaited<ReturnType<typeof startWorker>>;
let trunk: TrunkFolder;
let lowering: Lowering;
let head: MadeHead;
let token: string;

beforeAll(async () => {
  trunk = await loadTrunk();
  lowering = lowerTrunk(trunk.model, { cut: trunk.manifest.defaults.cut });
  head = await trainHead(lowering, trunk.manifest, readGarments('train', 5), GARMENTS);
  worker = await startWorker({ seed: false });
  ({ token } = await enrol(worker.origin, 'a phone'));
  await putHead(worker.origin, token, 'mine', head.bytes);
});
afterAll(async () => {
  lowering?.dispose();
  await worker?.stop();
});

/** Label -> score, as Node computes it. */
async function scoresInNode(photo: Uint8Array): Promise<ReadonlyMap<string, number>> {
  const { pooling, size } = trunk.manifest.defaults;
  const spec = { pooling, size, range: trunk.manifest.input.range };
  const features = await extractFeatures(lowering, [photo], spec);
  const { probabilities } = applyHead(head.head, features.data, 1);
  return new Map(head.head.labels.map((label, k) => [label, probabilities[k] ?? Number.NaN]));
}

describe('a prediction by the Worker', () => {
  it.each([
    ['JPEG', 4032, 3024],
    ['JPEG progressive', 4032, 3024],
    ['JPEG progressive 4:4:4', 3024, 4032],
    ['JPEG', 6000, 4000],
    ['PNG', 2400, 1800],
    ['WebP', 2816, 2112],
    ['WebP lossless', 2048, 1536],
  ] as const)('is the one of Node for a %s of %ix%i', async (kind, width, height) => {
    const photo = await makePhoto(kind, width, height);
    const expected = await scoresInNode(photo);
    const options = { head: 'mine', token, topK: GARMENTS.length };
    const { predictions } = await predict(worker.origin, photo, options);
    expect(predictions.length).toBe(GARMENTS.length);
    for (const { label, score } of predictions) {
      expect(Math.abs(score - (expected.get(label) ?? Number.NaN)), label).toBeLessThan(1e-4);
    }
  });

  it('survives many large photos at once', async () => {
    const photo = await makePhoto('JPEG progressive', 4032, 3024);
    const options = { head: 'mine', token, topK: 1 };
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => predict(worker.origin, photo, options)),
    );
    expect(new Set(answers.map(({ predictions }) => JSON.stringify(predictions))).size).toBe(1);
  });
});
