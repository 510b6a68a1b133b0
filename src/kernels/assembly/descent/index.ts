// Mini-batch descent on dense layers: a module of its own with memory of its own, which ../../../head/softmax-wasm.ts lays
// out and calls. Activations are row-major; kernels [inputs,outputs] lie in panels of eight outputs, [outputs/8,inputs,8],
// so that every loop reads forwards. Inputs are padded to 4, outputs to 8 and rows to 4 with zeros, which stay zeros.
export { forward, backward } from './layer';
export { loss } from './loss';
export { update, updateBias } from './update';

/** The first byte that is free. */
export function base(): usize {
  return (__heap_base + 15) & ~15;
}
