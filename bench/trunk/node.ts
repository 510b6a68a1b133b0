// The trunk in this Node process, on every engine that runs here.

import ort from 'onnxruntime-node';
import * as ortWeb from 'onnxruntime-web';
import { startBackend } from '../../scripts/support/backend.ts';
import { DEFAULT_TRUNK, MODELS } from '../../scripts/support/default-trunk.ts';
import { readGarments } from '../../scripts/support/fashion.ts';
import { describeMachine, type Machine } from '../machine.ts';
import { readTrunk } from '../read-trunk.ts';
import { type CaseFigures, casesOf, contest, toBatch } from './contest.ts';
import type { Engine, Task } from './engine.ts';
import { LITERT } from './litert.ts';
import { loadLiteRtInNode } from './load-litert.ts';
import { benchMemory, type MemoryFigures } from './memory.ts';
import { engineModules } from './modules.ts';
import { onnxruntime } from './onnxruntime.ts';
import { own } from './own.ts';
import { benchPointwise, type PointwiseFigures } from './pointwise.ts';
import { tfjsFolded } from './tfjs-folded.ts';
import { TFJS_LAYERS } from './tfjs-layers.ts';

export interface NodeFigures {
  readonly machine: Machine;
  readonly memory: MemoryFigures;
  readonly pointwise: readonly PointwiseFigures[];
  readonly base: string;
  readonly cases: readonly CaseFigures[];
}

/** @param options.beside contenders that only this process has */
export async function benchTrunkHere({
  quick,
  say,
  beside = [],
}: {
  readonly quick: boolean;
  readonly beside?: readonly Engine[];
  readonly say: (text: string) => void;
}): Promise<NodeFigures> {
  await startBackend();
  await loadLiteRtInNode();
  // Without this, onnxruntime-web starts one thread a core.
  ortWeb.env.wasm.numThreads = 1;
  const trunk = await readTrunk(`${MODELS}/${DEFAULT_TRUNK}`);
  const pictures = readGarments('test', 1).map(({ bytes }) => bytes);
  const base = tfjsFolded('wasm', 'tfjs folded (WASM)');
  const modules = engineModules();
  const engines: readonly Engine[] = [
    ...modules.map(({ build, module }) => own(build, module)),
    ...beside,
    base,
    TFJS_LAYERS,
    onnxruntime('onnxruntime-web', ortWeb, 'wasm'),
    LITERT,
    onnxruntime('onnxruntime-node', ort, 'cpu'),
  ];
  const { size, range } = trunk.manifest.input;
  const whole: Task = {
    ...{ trunk, cut: trunk.manifest.cuts.at(-1)?.layer ?? trunk.manifest.defaults.cut },
    images: await toBatch(pictures.slice(0, 1), { size, range }),
  };
  // Before anything else grows tfjs's heap.
  const memory = await benchMemory(whole, modules);
  const pointwise = await benchPointwise(whole, modules, { quick });
  const cases: CaseFigures[] = [];
  for (const each of casesOf(trunk.manifest, { quick })) {
    say(`Node ${process.versions.node}: ${each.cut}, ${each.size} px, ${each.batch}`);
    cases.push(await contest(engines, base, trunk, pictures, each, cpuClock));
  }
  return { machine: describeMachine(), memory, pointwise, base: base.name, cases };
}

function cpuClock(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
