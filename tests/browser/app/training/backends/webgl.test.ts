// WebGL on Chromium's software renderer, which the app itself would refuse as too slow: the numbers are what counts.
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { loweringOf } from '../../../../../app/training/backends/lowering-of.ts';
import { measure } from '../../../../../app/training/backends/measure.ts';
import { judge } from '../../../../../app/training/backends/self-test.ts';
import { startBackend } from '../../../../../app/training/backends/start.ts';
import { ModelManifest } from '../../../../../src/contract/manifest.ts';
import { startDescent } from '../../../../../src/head/softmax-descent.ts';
import { lowerInfer } from '../../../../../src/trunk/infer.ts';
import { readModel } from '../../../../../src/trunk/model-files.ts';
import { poolFeatures } from '../../../../../src/trunk/pool.ts';
import { readFile } from '../../../support/files.ts';

const FOLDER = 'models/mobilenet-v2';
const readJson = async (path: string): Promise<unknown> =>
  JSON.parse(new TextDecoder().decode(await readFile(path)));

async function measureHere() {
  const { defaults } = v.parse(ModelManifest, await readJson(`${FOLDER}/manifest.json`));
  const { cut, pooling, size } = defaults;
  const model = await readModel(await readJson(`${FOLDER}/model.json`), (path) =>
    readFile(`${FOLDER}/${path}`),
  );
  const lowering = lowerInfer(model, { cut });
  const run = async (data: Float32Array) =>
    poolFeatures(await lowering.run({ data, shape: [1, size, size, 3] }), pooling).data;
  return measure(run, size, startDescent);
}

describe('the WebGL backend', () => {
  it('is refused where it runs in software, before anything of it is fetched', async () => {
    await expect(startBackend('webgl')).rejects.toMatchObject({ code: 'internal' });
    expect(performance.getEntriesByType('resource').filter(({ name }) => name.includes('webgl.ts'))).toEqual(
      [],
    );
  });

  it('computes the features and the step of descent that WebAssembly does', {
    timeout: 120_000,
  }, async () => {
    await startBackend('wasm');
    const reference = await measureHere();
    expect(tf.getBackend()).toBe('wasm');
    expect(judge('wasm', reference, reference)).toBe(null);
    // The module declares the flag.
    const { startWebgl } = await import('../../../../../app/training/backends/webgl.ts');
    tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
    await startWebgl();
    const webgl = await measureHere();
    expect(tf.getBackend()).toBe('webgl');
    expect(judge('webgl', webgl, reference)).toBe(null);
    const furthest = webgl.features.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (reference.features[i] ?? Number.NaN))),
      0,
    );
    console.info(
      `ms an image: ${reference.ms.toFixed(1)}, ${webgl.ms.toFixed(1)}; features differ by ${furthest}`,
    );
  });

  it('refuses to start threads in a page that is not isolated', async () => {
    expect(crossOriginIsolated).toBe(false);
    await expect(loweringOf('wasm-threads')).rejects.toMatchObject({ code: 'internal' });
  });
});
