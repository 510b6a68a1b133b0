// Weights in the order in which the kernels read them, filled up with zeros, put into the memory once.
import { type Address, type Engine, FIRST_ADDRESS, reserve } from '../../kernels/engine.ts';
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
  reserve(engine, end);
  for (const { step, weights, bias, floats, ld } of packed) {
    if (floats === 0) continue;
    const into = new Float32Array(engine.memory.buffer, weights, floats);
    const { kind } = step.node.op;
    if (kind === 'batchNorm') into.set(step.kernel.data);
    else if (kind === 'depthwiseConv2d') packDepthwise(step.kernel, into);
    else packPanels(step, ld, into);
    if (step.bias !== null) new Float32Array(engine.memory.buffer, bias, step.bias.length).set(step.bias);
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
function packPanels({ node, kernel: { data, shape } }: FusedStep, ld: number, into: Float32Array): void {
  const [k = 0, c = 0] = [...shape].reverse();
  const windowed = windowOf(node.op);
  const taps = product(windowed.window);
  const { segments, k: floats } = segmentsOf(windowed, ld);
  const gap = floats - (taps / segments) * ld;
  for (let first = 0, at = 0; first < k; first += 8) {
    const lanes = Math.min(8, k - first);
    for (let tap = 1; tap <= taps; tap++) {
      for (let i = 0, from = (tap - 1) * c * k + first; i < c; i++, from += k, at += 8)
        for (let lane = 0; lane < lanes; lane++) into[at + lane] = data[from + lane] ?? 0;
      at += (ld - c + ((tap * segments) % taps === 0 ? gap : 0)) * 8;
    }
  }
}

/** A depthwise kernel [kh,kw,c,m] as [c m / 4][kh,kw][4]. */
function packDepthwise({ data, shape }: FusedStep['kernel'], into: Float32Array): void {
  const [kh = 0, kw = 0, c = 0, m = 0] = shape;
  const [taps, channels] = [kh * kw, c * m];
  for (let channel = 0; channel < channels; channel++)
    for (let tap = 0; tap < taps; tap++)
      into[((channel >> 2) * taps + tap) * 4 + (channel & 3)] = data[tap * channels + channel] ?? 0;
}
