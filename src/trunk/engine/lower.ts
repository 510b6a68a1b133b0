// The lowering for inference on our own WASM engine: the same contract as tfjs's (infer.ts), in a memory of its own.

import { AppError } from '../../contract/errors.ts';
import type { Pooling } from '../../contract/manifest.ts';
import type { NdArray } from '../../contract/nd-array.ts';
import type { KernelBuild } from '../../kernels/build.ts';
import { type Engine, FIRST_ADDRESS, reserve, startEngine } from '../../kernels/engine.ts';
import { graphAfter } from '../cuts.ts';
import { type FusedStep, fuse } from '../fuse.ts';
import { type Graph, product, truncate } from '../graph.ts';
import type { Lowering } from '../lowering.ts';
import type { TrunkModel } from '../model-files.ts';
import { noMap } from '../pool.ts';
import { checkBatch, shapesFor, shapesOf } from '../shapes.ts';
import { pack } from './pack.ts';
import { type Plan, planOf } from './plan.ts';
import { FLOAT, filled, type View, viewBytes, viewOf } from './view.ts';

/** A lowering that tells what memory it takes. */
export interface WasmLowering extends Lowering {
  /** Bytes of all activations and buffers, at the largest input size so far; 0 before the first run. */
  readonly arenaBytes: number;
  /** Bytes of the instance's memory: weights, arena and program; 0 when disposed. */
  readonly memoryBytes: number;
}

/** Pixels of the matrix product's highest tile, of 8 channels each: what fits in the registers. Measured. */
const TILE = { relaxed: 6, simd: 4 } as const;

/** Pieces of a job that threads share: more than there are, so that a slow one, which takes fewer, stops none. */
const PIECES = 4;

/** Plans that are kept, one for an input size and a pooling. */
const MOST_PLANS = 8;

/**
 * Makes a trunk, or the part of it after `from`, ready to run up to `cut` on an instance of its own.
 * @param options.from a cut before `cut`, whose activation is then the input; null, or left out: images are
 * @param options.module dist/kernels/engine-<build>.wasm, compiled
 * @param options.build which build the module is
 * @param options.start how the instance is made: for several threads, of dist/kernels/engine-threads-<build>.wasm; whoever
 *   measures puts a clock around its programs
 * @throws AppError `not_found` when there is no such layer; `not_trainable` when `from` is no cut before `cut`;
 *   `model_layer_unknown` for a layer that this engine does not do: run the trunk on tfjs then
 */
export function lowerWasm(
  model: TrunkModel,
  {
    cut,
    from = null,
    module,
    build,
    start = startEngine,
  }: {
    readonly cut: string;
    readonly from?: string | null;
    readonly module: WebAssembly.Module;
    readonly build: KernelBuild;
    readonly start?: typeof startEngine;
  },
): WasmLowering {
  const whole = truncate(model.graph, cut);
  const graph = from === null ? whole : graphAfter(whole, from);
  const input = graph.nodes.find((node) => node.op.kind === 'input')?.name ?? '';
  const steps = fuse(graph, model.weights);
  const inputLd = inputFloats(graph, steps, input);
  let engine: Engine | null = start(module);
  const pieces = engine.share === undefined ? 1 : PIECES;
  const { layers, end } = pack(engine, steps, model.weights, (step) =>
    step.inputs.includes(input) ? inputLd : null,
  );
  const plans = new Map<string, Plan>();
  let current: Plan | null = null;
  let arenaBytes = 0;

  const planFor = (map: readonly number[], pooling: Pooling | null): Plan => {
    const key = `${map} ${pooling}`;
    const known = plans.get(key);
    if (known !== undefined) return known;
    const shapes = shapesFor(graph, map);
    const shape = shapes.get(cut) ?? [];
    if (pooling !== null && shape.length !== 3) throw noMap(shape);
    const plan = planOf(
      { layers, views: viewsOf(graph, shapes, inputLd), output: cut, tile: TILE[build], pieces },
      { input, shape, pooling, base: end },
    );
    const [oldest] = plans.keys();
    if (plans.size >= MOST_PLANS && oldest !== undefined) plans.delete(oldest);
    plans.set(key, plan);
    arenaBytes = Math.max(arenaBytes, plan.arenaBytes);
    return plan;
  };

  const run = (images: NdArray, pooling: Pooling | null): NdArray => {
    if (engine === null)
      throw new AppError('model_invalid', { detail: 'This trunk was disposed; load it again.' });
    const [n = 0, ...map] = checkBatch(graph, images);
    const plan = planFor(map, pooling);
    if (plan !== current) load(engine, plan);
    current = plan;
    const [given, made] = [product(map), product(plan.output.shape)];
    const result = new Float32Array(n * made);
    for (let i = 0; i < n; i++) {
      write(engine, plan.input, images.data.subarray(i * given, (i + 1) * given));
      execute(engine, plan);
      read(engine, plan.output, result.subarray(i * made, (i + 1) * made));
    }
    return { data: result, shape: [n, ...plan.output.shape] };
  };

  // What the engine does not know is said now, and not at the first run.
  viewsOf(graph, shapesOf(graph, graph.inputShape), inputLd);

  return {
    cut,
    weightBytes: end - FIRST_ADDRESS,
    get arenaBytes() {
      return arenaBytes;
    },
    get memoryBytes() {
      return engine?.memory.buffer.byteLength ?? 0;
    },
    run: async (images) => run(images, null),
    features: async (images, pooling) => run(images, pooling),
    dispose() {
      engine?.dispose?.();
      engine = null;
      plans.clear();
    },
  };
}

/** Floats of a pixel of the input: as it is given where only convolutions read it, else filled up like every other. */
function inputFloats(graph: Graph, steps: readonly FusedStep[], input: string): number {
  const c = graph.inputShape.at(-1) ?? 0;
  const readers = steps.filter(({ inputs }) => inputs.includes(input));
  return readers.length > 0 && readers.every(({ node }) => node.op.kind === 'conv2d') ? c : filled(c);
}

function viewsOf(
  { nodes }: Graph,
  shapes: ReadonlyMap<string, readonly number[]>,
  inputLd: number,
): ReadonlyMap<string, View> {
  return new Map(
    nodes.map((node) => [
      node.name,
      viewOf(node, shapes.get(node.name) ?? [], node.op.kind === 'input' ? inputLd : undefined),
    ]),
  );
}

/** Puts a plan's program into the memory, and the zeros that it counts on. */
function load(engine: Engine, { zeros, programAt, program, tasks }: Plan): void {
  reserve(engine, programAt + program.byteLength + tasks.byteLength);
  new Uint8Array(engine.memory.buffer, zeros.at, zeros.bytes).fill(0);
  new Int32Array(engine.memory.buffer, programAt, program.length).set(program);
  new Int32Array(engine.memory.buffer, programAt + program.byteLength, tasks.length).set(tasks);
}

function execute(engine: Engine, { programAt, program, tasks }: Plan): void {
  const end = programAt + program.byteLength;
  if (engine.share === undefined) engine.run(programAt, end);
  else if (!engine.share(end, tasks.length / 3))
    throw new AppError('internal', { detail: 'A thread of the engine was lost; start it again.' });
}

function write({ memory }: Engine, { view, at }: Plan['input'], values: Float32Array): void {
  const { c, ld } = view;
  const floats = new Float32Array(memory.buffer, at, viewBytes(view) / FLOAT);
  if (c === ld) {
    floats.set(values);
    floats.fill(0, values.length);
  } else {
    floats.fill(0);
    for (let from = 0, to = 0; from < values.length; to += ld - c)
      for (let i = 0; i < c; i++) floats[to++] = values[from++] ?? 0;
  }
}

function read({ memory }: Engine, { view, at }: Plan['output'], into: Float32Array): void {
  const { h, w, c, ld } = view;
  const floats = new Float32Array(memory.buffer, at, h * w * ld);
  if (c === ld) into.set(floats);
  else
    for (let from = 0, to = 0; to < into.length; from += ld - c)
      for (let i = 0; i < c; i++) into[to++] = floats[from++] ?? 0;
}
