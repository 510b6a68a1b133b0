// Training steps in a page: tfjs's WASM backend with our kernels against its WebGL backend, in turns. chromium.ts bundles
// it, opens it and calls `trainBench`; files are fetched by their path in the repository.
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { registerWasmTrainingKernels } from '../../src/kernels/register.ts';
import { readModel } from '../../src/trunk/model-files.ts';
import { relativeError } from '../measure.ts';
import { openWebgl } from '../webgl.ts';
import { openStep, type Phases, type StepCase } from './step.ts';

/** What is asked of the page. */
export interface PageAsk {
  /** Folder of the trunk. */
  readonly trunk: string;
  /** Folder of the kernels. */
  readonly kernels: string;
  /** Of tfjs's own WASM files, with a slash at the end. */
  readonly tfjs: string;
  readonly cases: readonly StepCase[];
  readonly rounds: number;
}

export interface PageFigures {
  readonly step: StepCase;
  /** Of the kernels. */
  readonly build: string;
  /** As WebGL tells it. */
  readonly renderer: string;
  readonly wasm: readonly Phases[];
  readonly webgl: readonly Phases[];
  /** Greatest difference of a gradient, as a share of the variable's largest. */
  readonly error: number;
}

declare global {
  var trainBench: (ask: PageAsk) => Promise<readonly PageFigures[]>;
}

globalThis.trainBench = async ({ trunk, kernels, tfjs, cases, rounds }) => {
  const bytes = async (path: string) => new Uint8Array(await (await fetch(path)).arrayBuffer());
  const json: unknown = await (await fetch(`${trunk}/model.json`)).json();
  const model = await readModel(json, (path) => bytes(`${trunk}/${path}`));
  setWasmPaths(tfjs);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
  const { build } = await registerWasmTrainingKernels({
    compile: async (name) => WebAssembly.compile(await bytes(`${kernels}/training-${name}.wasm`)),
  });
  const renderer = openWebgl();
  const figures: PageFigures[] = [];
  for (const each of cases) {
    await tf.setBackend('wasm');
    const onWasm = openStep(model, each);
    const expected = await onWasm.gradients();
    await tf.setBackend('webgl');
    const onWebgl = openStep(model, each, { waits: true });
    const found = await onWebgl.gradients();
    const error = Math.max(...expected.map((values, i) => relativeError(found[i] ?? [], values)));
    const [wasm, webgl]: [Phases[], Phases[]] = [[], []];
    for (let round = -1; round < rounds; round++) {
      await tf.setBackend('wasm');
      const first = await onWasm.run();
      await tf.setBackend('webgl');
      const second = await onWebgl.run();
      if (round < 0) continue;
      wasm.push(first);
      webgl.push(second);
    }
    onWebgl.dispose();
    await tf.setBackend('wasm');
    onWasm.dispose();
    figures.push({ step: each, build, renderer, wasm, webgl, error });
  }
  return figures;
};
