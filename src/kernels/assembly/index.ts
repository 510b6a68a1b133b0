// What the module exports; ../kernels.ts describes it to TypeScript.
export { convolutionScratch, filterGradient, inputGradient } from './convolution';
export { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise';
export { gemm, gemmScratch } from './gemm';
export { segmentSum } from './segment-sum';
