// The trunk in a page, on every engine that runs there. chromium.ts bundles it, opens it and calls `trunkBench`; files are
// fetched by their path in the repository.
import { loadLiteRt } from '@litertjs/core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import * as ort from 'onnxruntime-web/wasm';
import { chooseBuild } from '../../src/kernels/build.ts';
import { loadTrunk } from '../load-trunk.ts';
import { openWebgl } from '../webgl.ts';
import { type Case, type CaseFigures, contest } from './contest.ts';
import { LITERT } from './litert.ts';
import { onnxruntime } from './onnxruntime.ts';
import { own } from './own.ts';
import { tfjsFolded } from './tfjs-folded.ts';

/** What is asked of the page; folders end with a slash. */
export interface TrunkAsk {
  readonly trunk: string;
  readonly kernels: string;
  /** Folders of the engines' own WASM files. */
  readonly tfjs: string;
  readonly ort: string;
  readonly litert: string;
  readonly pictures: readonly string[];
  readonly cases: readonly Case[];
}

export interface PageFigures {
  /** As WebGL tells it. */
  readonly renderer: string;
  readonly base: string;
  readonly cases: readonly CaseFigures[];
}

declare global {
  var trunkBench: (ask: TrunkAsk) => Promise<PageFigures>;
}

globalThis.trunkBench = async (ask) => {
  const read = async (path: string) => new Uint8Array(await (await fetch(path)).arrayBuffer());
  const trunk = await loadTrunk((path) => read(`${ask.trunk}${path}`));
  setWasmPaths(ask.tfjs);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
  const renderer = openWebgl();
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = ask.ort;
  await loadLiteRt(ask.litert);
  const base = tfjsFolded('wasm', 'tfjs folded (WASM)');
  const webgl = tfjsFolded('webgl', 'tfjs folded (WebGL)');
  const build = chooseBuild();
  const module = await WebAssembly.compile(await read(`${ask.kernels}engine-${build}.wasm`));
  const engines = [own(build, module), base, onnxruntime('onnxruntime-web', ort, 'wasm'), LITERT];
  const pictures = await Promise.all(ask.pictures.map(read));
  const cases: CaseFigures[] = [];
  for (const each of ask.cases) {
    // Drawn in software, eight images take seconds.
    const all = each.batch === 1 ? [...engines, webgl] : engines;
    cases.push(await contest(all, base, trunk, pictures, each));
  }
  return { renderer, base: base.name, cases };
};
