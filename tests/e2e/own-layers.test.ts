// Heads that were fine-tuned, or adapted to another light, at the real Worker: it computes with their weights what is
// computed here with the same file, to the bit. tfjs comes first, for its gradients.
import '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../scripts/support/backend.ts';
import { KERNELS } from '../../scripts/support/build-kernels.ts';
import { checkConformance } from '../../scripts/support/conformance.ts';
import { putHead } from '../../scripts/support/edge-client.ts';
import { lowerTrunk } from '../../scripts/support/engine.ts';
import { GARMENTS, type LabelledImage, readGarments } from '../../scripts/support/fashion.ts';
import { toImages } from '../../scripts/support/features.ts';
import { trainHead } from '../../scripts/support/train-head.ts';
import { decodeHead, encodeHead } from '../../src/artifact/head-file.ts';
import { Health } from '../../src/contract/operations.ts';
import { type FineTuned, fineTune } from '../../src/head/fine-tune.ts';
import { registerWasmTrainingKernels } from '../../src/kernels/register.ts';
import { adaptStatistics } from '../../src/trunk/adapt.ts';
import { overlayOfStatistics, overlayWeights, type WeightOverlay } from '../../src/trunk/overlay.ts';
import { lowerTrain } from '../../src/trunk/train.ts';
import { statisticsWith } from '../support/overlays.ts';
import { loadTrunk, pick, type TrunkFolder } from '../support/trunk.ts';
import { OPERATOR_SECRET, startWorker } from '../support/worker-process.ts';

const SIZE = 96;
const PER_CLASS = 6;
const FROM = 'block_15_add';
const TO = 'out_relu';

let worker: Awaited<ReturnType<typeof startWorker>>;
let trunk: TrunkFolder;
let images: readonly LabelledImage[];
let revision: string | null = null;

beforeAll(async () => {
  worker = await startWorker({ seed: false });
  await startBackend();
  await registerWasmTrainingKernels({
    compile: (build) =>
      WebAssembly.compile(new Uint8Array(readFileSync(`${KERNELS}/training-${build}.wasm`))),
  });
  trunk = await loadTrunk();
  images = readGarments('train', PER_CLASS).filter(({ label }) => label < 3);
});
afterAll(() => worker?.stop());

const inputs = () =>
  toImages(
    images.map(({ bytes }) => bytes),
    { size: SIZE, range: trunk.manifest.input.range },
  );

/** Trains as the phone does: the layers after `FROM`, for two epochs at a high rate. */
async function tune(): Promise<FineTuned> {
  const shared = lowerTrunk(trunk.model, { cut: FROM });
  const maps = await shared.run(await inputs());
  shared.dispose();
  const top = lowerTrain(trunk.model, { from: FROM, to: TO });
  const labels = images.map(({ label }) => label);
  const training = fineTune(
    top,
    { classes: GARMENTS.slice(0, 3), labels, variants: 1, activations: async (rows) => pick(maps, rows) },
    { epochs: 2, learningRate: 1e-3, validation: 0, patience: 0 },
  );
  try {
    for (;;) {
      const step = await training.next();
      if (step.done === true) return step.value;
    }
  } finally {
    top.dispose();
  }
}

/** Makes it the default head, and compares what the Worker and this process make of every golden image. */
async function expectAgreement(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const { name } = trunk.manifest;
  const put = await putHead(worker.origin, OPERATOR_SECRET, name, bytes, revision);
  revision = put.revision;
  const { ok, images: checked } = await checkConformance(worker.origin);
  for (const { name: image, findings } of checked) {
    for (const check of ['image', 'tensor'] as const)
      expect(findings[check], `${check}, ${image}`).toMatchObject({ kind: 'compared', error: 0 });
    for (const check of ['scores', 'features'] as const)
      expect(findings[check], `${check}, ${image}`).toMatchObject({ kind: 'compared' });
  }
  expect(checked.length).toBeGreaterThanOrEqual(8);
  expect(ok).toBe(true);
}

const statisticsOf = (overlay: WeightOverlay) => statisticsWith(trunk.model, overlay);

describe('the edge', () => {
  it('answers with a fine-tuned head what it says here, and keeps its layers apart from the shared part', async () => {
    const { head, report, tuned, proof } = await tune();
    expect(tuned.size).toBeGreaterThan(8);
    const { name: model, digest, input } = trunk.manifest;
    const bytes = encodeHead(
      head,
      {
        ...{ kind: head.kind, labels: [...head.labels], model, trunk: digest, report },
        ...{ statistics: await statisticsOf(tuned), cut: TO, pooling: '1x1', batchNorm: 'stored' },
        ...{ preprocessing: { size: SIZE, range: input.range }, calibration: head.calibration },
        tuning: {
          from: FROM,
          batchNorm: { trainable: true, training: false },
          proof: { ...proof, moved: [...proof.moved] },
        },
      },
      { overlay: tuned },
    );
    // Halves: 0.88 million weights of kernels, with gammas, betas and the dense layer below 2 MB.
    expect(bytes.length).toBeLessThan(2e6);
    expect(decodeHead(bytes).overlay).toEqual(tuned);
    await expectAgreement(bytes);
    const { loaded } = v.parse(Health, await (await fetch(`${worker.origin}/api/health`)).json());
    expect([...loaded].sort()).toEqual([`${model}/${FROM}`, `${model}/${FROM}..${TO}`]);
  });

  it('answers with a head that was adapted to the dark what it says here', async () => {
    const { model, manifest } = trunk;
    const { cut } = manifest.defaults;
    const light = await inputs();
    const dark = { ...light, data: light.data.map((value) => 0.25 * value) };
    const alpha = 0.5;
    const { statistics } = await adaptStatistics(model, [dark], { to: cut, alpha });
    const overlay = overlayOfStatistics(model, statistics);
    const lowering = lowerTrunk(overlayWeights(model, overlay), { cut });
    const { head, metadata } = await trainHead(lowering, manifest, images, GARMENTS.slice(0, 3));
    lowering.dispose();
    const adaptation = { images: images.length, alpha };
    const described = { ...metadata, statistics: await statisticsOf(overlay), adaptation };
    await expectAgreement(encodeHead(head, described, { overlay }));
  });
});
