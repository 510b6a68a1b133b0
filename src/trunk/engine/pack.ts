// Weights in the order in which the kernels read them, filled up with zeros, put into the memory once.
import { type Address, type Engine, FIRST_ADDRESS, Program, reserve } from '../../kernels/engine.ts';
import type { FusedStep } from '../fuse.ts';
import { product } from '../graph.ts';
import { segmentsOf, windowOf } from './convolution.ts';
import type { Layer } from './job.ts';
import { FLOAT, filled } from './view.ts';

/**
 * @param inputFloats floats of a pixel that a step reads where they are not its channels filled up, or null
 * @returns the steps with their addresses, and where what comes after them may begin, a multiple of 64
 */
export function pack(
  engine: Engine,
  steps: readonly FusedStep[],
  inputFloats: (step: FusedStep) => number | null,
): { readonly layers: readonly Layer[]; readonly end: Address } {
  let end: Address = FIRST_ADDRESS;
  const place = (floats: number): Address => {
    const at = end;
    end += Math.ceil((floats * FLOAT) / 64) * 64;
    return at;
  };
  const packed = steps.map((step) => {
    const { kernel } = step;
    if (kernel.data.length === 0) return { step, weights: 0, bias: 0, floats: 0, ld: 0 };
    const ld = inputFloats(step) ?? filled(kernel.shape.at(-2) ?? 0);
    const outputs = outputsOf(step);
    const floats = step.node.op.kind === 'batchNorm' ? filled(outputs) : packedFloats(step, ld);
    return { step, weights: place(floats), bias: place(filled(outputs)), floats, ld };
  });
  // Each kernel is put where the arena will be, and the engine itself moves it into place.
  const rawBytes = Math.max(0, ...steps.map(({ kernel }) => kernel.data.length)) * FLOAT;
  for (const { step, weights, bias, floats, ld } of packed) {
    if (floats === 0) continue;
    const program = new Program();
    const { kind } = step.node.op;
    if (kind === 'batchNorm') program.copy(end, weights, 1, step.kernel.data.length * FLOAT, 0, 0);
    else if (kind === 'depthwiseConv2d') packDepthwise(program, step, end, weights);
    else packPanels(program, step, ld, end, weights);
    const words = program.words();
    reserve(engine, end + rawBytes + words.byteLength);
    const { buffer } = engine.memory;
    new Float32Array(buffer, end, step.kernel.data.length).set(step.kernel.data);
    if (step.bias !== null) new Float32Array(buffer, bias, step.bias.length).set(step.bias);
    new Int32Array(buffer, end + rawBytes, words.length).set(words);
    engine.run(end + rawBytes, end + rawBytes + words.byteLength);
  }
  return { layers: packed.map(({ step, weights, bias }) => ({ step, weights, bias })), end };
}

function outputsOf({ node, kernel: { shape } }: FusedStep): number {
  const [last = 0, before = 0] = [...shape].reverse();
  return node.op.kind === 'depthwiseConv2d' ? last * before : last;
}

function packedFloats(step: FusedStep, ld: number): number {
  const { op } = step.node;
  if (op.kind === 'depthwiseConv2d') return filled(outputsOf(step)) * product(op.window);
  const { segments, k } = segmentsOf(windowOf(op), ld);
  return filled(outputsOf(step)) * segments * k;
}

/** A convolution's kernel [kh,kw,c,k], or a dense layer's [d,k], as panels of 8 output channels [k/8][segments][k'][8]. */
function packPanels(
  program: Program,
  { node, kernel: { shape } }: FusedStep,
  ld: number,
  raw: Address,
  to: Address,
): void {
  const [k = 0, c = 0] = [...shape].reverse();
  const windowed = windowOf(node.op);
  const taps = product(windowed.window);
  const { segments, k: floats } = segmentsOf(windowed, ld);
  const perSegment = taps / segments;
  for (let first = 0; first < k; first += 8) {
    const panel = to + first * segments * floats * FLOAT;
    const bytes = Math.min(8, k - first) * FLOAT;
    for (let tap = 0; tap < taps; tap++) {
      const row = Math.floor(tap / perSegment) * floats + (tap % perSegment) * ld;
      program.copy(raw + (tap * c * k + first) * FLOAT, panel + row * PANEL, c, bytes, k * FLOAT, PANEL);
    }
  }
}

/** Bytes of a panel's row. */
const PANEL = 8 * FLOAT;

/** A depthwise kernel [kh,kw,c,m] as [c m / 4][kh,kw][4]. */
function packDepthwise(program: Program, step: FusedStep, raw: Address, to: Address): void {
  const channels = outputsOf(step);
  const taps = step.kernel.data.length / channels;
  for (let first = 0; first < channels; first += 4) {
    const bytes = Math.min(4, channels - first) * FLOAT;
    program.copy(raw + first * FLOAT, to + first * taps * FLOAT, taps, bytes, channels * FLOAT, 4 * FLOAT);
  }
}
