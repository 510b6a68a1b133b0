// What the module exports; ../kernels.ts describes it to TypeScript.
export { convolutionScratch, convolve, convolveScratch, filterGradient, inputGradient } from './convolution';
export { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise';
export { adam, rectifierGradient } from './elementwise';
export { gemm, gemmScratch } from './gemm';
export { segmentSum } from './segment-sum';
export { sumMiddle } from './sum';
