// Training layers of the real trunk on WebGL, here Chromium's software renderer, and on WebAssembly: the same steps.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { startTraining } from '../../../../../app/training/backends/training.ts';
import { type FineTuned, fineTune } from '../../../../../src/head/fine-tune.ts';
import { randomFrom } from '../../../../../src/head/random.ts';
import { readModel, type TrunkModel } from '../../../../../src/trunk/model-files.ts';
import { lowerTrain } from '../../../../../src/trunk/train.ts';
import { readFile } from '../../../support/files.ts';

const FOLDER = 'models/mobilenet-v2';
const SHAPE = [6, 6, 160] as const;
const N = 12;

async function tune(model: TrunkModel): Promise<FineTuned> {
  const random = randomFrom(7);
  const size = SHAPE.reduce((a, b) => a * b, 1);
  const maps = Array.from({ length: N }, (_, i) =>
    Float32Array.from({ length: size }, (_, k) => (k % 2 === i % 2 ? 1 : 0) + 2 * random() - 1),
  );
  const top = lowerTrain(model, { from: 'block_15_add', to: 'block_16_project_BN' });
  try {
    const training = fineTune(
      top,
      {
        classes: ['even', 'odd'],
        labels: maps.map((_, i) => i % 2),
        bursts: maps.map(() => null),
        variants: 1,
        async activations(examples) {
          const data = new Float32Array(examples.length * size);
          examples.forEach((example, i) => {
            data.set(maps[example] ?? [], i * size);
          });
          return { data, shape: [examples.length, ...SHAPE] };
        },
      },
      // Plain gradient descent: Adam divides by the size of a gradient, however small, and would blow up any difference.
      { optimizer: 'sgd', momentum: 0, learningRate: 1e-3, epochs: 2, batchSize: 6, validation: 0 },
    );
    for (;;) {
      const step = await training.next();
      if (step.done === true) return step.value;
    }
  } finally {
    top.dispose();
  }
}

it('takes the same steps on WebGL as on WebAssembly', { timeout: 180_000 }, async () => {
  const json: unknown = JSON.parse(new TextDecoder().decode(await readFile(`${FOLDER}/model.json`)));
  const model = await readModel(json, (path) => readFile(`${FOLDER}/${path}`));
  await startTraining('wasm');
  const expected = await tune(model);
  expect(tf.getBackend()).toBe('wasm');
  await import('../../../../../app/training/backends/webgl-training.ts');
  const { startWebgl } = await import('../../../../../app/training/backends/webgl.ts');
  tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
  await startWebgl();
  const before = tf.memory().numTensors;
  const tuned = await tune(model);
  expect(tf.getBackend()).toBe('webgl');
  expect(tf.memory().numTensors).toBe(before);
  expect([...tuned.tuned.keys()]).toEqual([...expected.tuned.keys()]);
  expect(tuned.tuned.size).toBeGreaterThan(0);
  const far: string[] = [];
  for (const [name, { data }] of expected.tuned) {
    const stored = model.weights.get(name).data;
    const other = tuned.tuned.get(name)?.data;
    // How far both have gone from where they began, and how far they are from each other.
    let gone = 0;
    let apart = 0;
    data.forEach((value, i) => {
      gone += (value - (stored[i] ?? 0)) ** 2;
      apart += (value - (other?.[i] ?? Number.NaN)) ** 2;
    });
    if (!(Math.sqrt(apart / gone) < 0.05)) far.push(`${name}: ${Math.sqrt(apart / gone)}`);
  }
  expect(far).toEqual([]);
});
