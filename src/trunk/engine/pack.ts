// Weights in the order in which the kernels read them, filled up with zeros, put into the memory once: the engine itself
// takes them from the bytes as they are stored, and multiplies what is folded into them on the way.
import { type Address, type Engine, FIRST_ADDRESS, Program, reserve } from '../../kernels/engine.ts';
import type { FusedStep } from '../fuse.ts';
import { product } from '../graph.ts';
import type { Weights } from '../weights.ts';
import { segmentsOf, windowOf } from './convolution.ts';
import type { Layer } from './job.ts';
import { FLOAT, filled } from './view.ts';

/** Where a step's weights go. */
interface Slot extends Layer {
  /** Of the kernel as stored; of BatchNorm alone [c]. */
  readonly shape: readonly number[];
  /** Floats of a pixel that the step reads. */
  readonly ld: number;
}

/**
 * @param inputFloats floats of a pixel that a step reads where they are not its channels filled up, or null
 * @returns the steps with their addresses, and where what comes after them may begin, a multiple of 64
 */
export function pack(
  engine: Engine,
  steps: readonly FusedStep[],
  weights: Weights,
  inputFloats: (step: FusedStep) => number | null,
): { readonly layers: readonly Layer[]; readonly end: Address } {
  let end: Address = FIRST_ADDRESS;
  const place = (floats: number): Address => {
    const at = end;
    end += Math.ceil((floats * FLOAT) / 64) * 64;
    return at;
  };
  const slots = steps.map((step): Slot => {
    const shape = step.kernel === null ? [step.scale?.length ?? 0] : weights.spec(step.kernel).shape;
    const ld = inputFloats(step) ?? filled(shape.at(-2) ?? 0);
    const outputs = outputsOf(step, shape);
    if (outputs === 0) return { step, weights: 0, bias: 0, shape, ld };
    return { step, weights: place(packedFloats(step, shape, ld)), bias: place(filled(outputs)), shape, ld };
  });
  reserve(engine, end);
  for (const slot of slots) {
    const { step, bias } = slot;
    const { buffer } = engine.memory;
    if (step.bias !== null) new Float32Array(buffer, bias, step.bias.length).set(step.bias);
    if (step.kernel !== null) packKernel(engine, slot, step.kernel, weights, end);
    else if (step.scale !== null) new Float32Array(buffer, slot.weights, step.scale.length).set(step.scale);
  }
  return { layers: slots.map(({ step, weights, bias }) => ({ step, weights, bias })), end };
}

function outputsOf({ node }: FusedStep, shape: readonly number[]): number {
  const [last = 0, before = 0] = [...shape].reverse();
  return node.op.kind === 'depthwiseConv2d' ? last * before : last;
}

function packedFloats(step: FusedStep, shape: readonly number[], ld: number): number {
  const { op } = step.node;
  const outputs = filled(outputsOf(step, shape));
  if (op.kind === 'batchNorm') return outputs;
  if (op.kind === 'depthwiseConv2d') return outputs * product(op.window);
  const { segments, k } = segmentsOf(windowOf(op), ld);
  return outputs * segments * k;
}

/**
 * Puts a kernel where the arena will be, and has the engine move it into place.
 * @param free where nothing lies yet
 */
function packKernel(
  engine: Engine,
  { step, weights: to, shape, ld }: Slot,
  kernel: string,
  weights: Weights,
  free: Address,
): void {
  const outputs = outputsOf(step, shape);
  const { quantization } = weights.spec(kernel);
  const isBytes = quantization?.dtype === 'uint8';
  const stored = isBytes ? weights.stored(kernel) : weights.get(kernel).data;
  const scale = new Float64Array(2 + filled(outputs)).fill(1);
  if (isBytes) scale.set([quantization.scale, quantization.min]);
  if (step.scale !== null) scale.set(step.scale, 2);

  const raw = free + scale.byteLength;
  const program = new Program();
  const { op } = step.node;
  if (op.kind === 'depthwiseConv2d')
    program.packDepthwise(isBytes, raw, free, to, product(op.window), outputs);
  else {
    const window = windowOf(op);
    const { segments, k } = segmentsOf(window, ld);
    const taps = product(window.window) / segments;
    program.packPanels(isBytes, raw, free, to, [segments, taps, shape.at(-2) ?? 0, outputs, k, ld]);
  }
  const words = program.words();
  const code = raw + Math.ceil(stored.byteLength / 8) * 8;
  reserve(engine, code + words.byteLength);
  const { buffer } = engine.memory;
  new Float64Array(buffer, free, scale.length).set(scale);
  if (isBytes) new Uint8Array(buffer, raw, stored.length).set(stored);
  else new Float32Array(buffer, raw, stored.length).set(stored);
  new Int32Array(buffer, code, words.length).set(words);
  engine.run(code, code + words.byteLength);
}
