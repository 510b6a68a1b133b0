// The weights of the trunk that a head replaces, as tensors of its file: docs/formats.md, version 2 of a head.
// It does not know the trunk: which names and shapes there are, and what they make of it, `checkOverlay` sees to.
import { AppError } from '../contract/errors.ts';
import { fromHalf, toHalf } from '../contract/half.ts';
import type { NdArray } from '../contract/nd-array.ts';
import type { WeightOverlay } from '../trunk/overlay.ts';
import type { Tensor } from './safetensors.ts';
import { quote } from './safetensors-header.ts';

const PREFIX = 'trunk/';

/** Tensors of an overlay, exact: a kernel whose values are all halves as F16, everything else as F32. */
export function trunkTensors(overlay: WeightOverlay): ReadonlyMap<string, Tensor> {
  return new Map([...overlay].map(([name, weight]) => [`${PREFIX}${name}`, tensorOf(weight)]));
}

/**
 * Takes the tensors of the trunk off the list of the unread.
 * @throws AppError `head_invalid` for another dtype, an empty tensor, or a variance below 0
 */
export function takeTrunkTensors(unread: Map<string, Tensor>): WeightOverlay {
  const overlay = new Map<string, NdArray>();
  for (const [name, tensor] of unread) {
    if (!name.startsWith(PREFIX)) continue;
    unread.delete(name);
    const weight = { data: valuesOf(name, tensor), shape: tensor.shape };
    if (weight.data.length === 0) throw invalid(name, 'is empty. Leave it out.');
    if (name.endsWith('/moving_variance') && weight.data.some((value) => value < 0))
      throw invalid(name, 'has a variance below 0. Train again.');
    overlay.set(name.slice(PREFIX.length), weight);
  }
  return overlay;
}

function tensorOf({ data, shape }: NdArray): Tensor {
  if (isKernel(shape)) {
    const halves = toHalf(data);
    if (fromHalf(halves).every((value, i) => Object.is(value, data[i])))
      return { dtype: 'F16', shape, data: halves };
  }
  return { dtype: 'F32', shape, data };
}

function valuesOf(name: string, tensor: Tensor): Float32Array {
  if (tensor.dtype === 'F32') return tensor.data;
  if (tensor.dtype === 'F16' && isKernel(tensor.shape)) return fromHalf(tensor.data);
  throw invalid(name, `has dtype ${tensor.dtype}. Store it as F32, a kernel as F32 or F16.`);
}

/** Biases, gammas, betas and statistics are vectors. */
function isKernel(shape: readonly number[]): boolean {
  return shape.length > 1;
}

function invalid(name: string, what: string): AppError {
  return new AppError('head_invalid', { detail: `Tensor ${quote(name)} ${what}` });
}
