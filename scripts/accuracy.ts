// npm run accuracy [-- --quick]: measures what fine-tuning and adapted statistics are worth on the committed images, and
// writes docs/accuracy.md; quick: few images, one seed, and nothing is written.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
// Its gradients.
import '@tensorflow/tfjs';
import { measureLight } from '../bench/accuracy/light.ts';
import { accuracyReport } from '../bench/accuracy/report.ts';
import { measureTuning } from '../bench/accuracy/tuning.ts';
import { describeMachine } from '../bench/machine.ts';
import { readTrunk } from '../bench/read-trunk.ts';
import { registerWasmTrainingKernels } from '../src/kernels/register.ts';
import { startBackend } from './support/backend.ts';
import { buildKernels, KERNELS } from './support/build-kernels.ts';
import { buildDefaultTrunk, DEFAULT_TRUNK, MODELS } from './support/default-trunk.ts';
import { fail } from './support/fail.ts';
import { readGarments } from './support/fashion.ts';

const FILE = 'docs/accuracy.md';

try {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
  const { quick } = values;
  const start = performance.now();
  const machine = describeMachine();
  await buildDefaultTrunk();
  await buildKernels();
  await startBackend();
  const { build } = await registerWasmTrainingKernels({
    compile: (name) =>
      new WebAssembly.Module(new Uint8Array(readFileSync(`${KERNELS}/training-${name}.wasm`))),
  });
  const trunk = await readTrunk(`${MODELS}/${DEFAULT_TRUNK}`);
  const images = {
    train: readGarments('train', quick ? 12 : 100),
    test: readGarments('test', quick ? 5 : 100),
  };
  const seeds = quick ? [1] : [1, 2, 3];
  const say = (text: string) => console.error(text);
  const lightPerClass = quick ? 5 : 50;
  const light = await measureLight(trunk, images, { perClass: lightPerClass, seeds, say });
  const tuning = await measureTuning(trunk, images, { perClass: quick ? [5] : [10, 50], seeds, say });
  const report = accuracyReport({
    ...{ machine, build, light, tuning, lightPerClass },
    testImages: images.test.length,
    minutes: (performance.now() - start) / 60_000,
  });
  console.log(report);
  if (!quick) writeFileSync(FILE, report);
} catch (error) {
  fail(error);
}
