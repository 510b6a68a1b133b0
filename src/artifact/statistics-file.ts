// BatchNorm statistics as a safetensors file and back: docs/formats.md is its description in prose.
// It does not know the trunk: the caller compares layers and channels with the graph.
import { AppError } from '../contract/errors.ts';
import { MAX_STATISTICS_BYTES } from '../contract/limits.ts';
import type { Statistics } from '../trunk/batch-norm.ts';
import { decodeSafetensors, encodeSafetensors, type Safetensors, type Tensor } from './safetensors.ts';
import { quote } from './safetensors-header.ts';
import { checkSchema } from './schema.ts';

const SCHEMA = 'topwork.bn/1';

/**
 * Writes the statistics of a trunk. Canonical: the order of the layers does not matter.
 * @throws AppError `artifact_invalid`
 */
export function encodeStatistics(layers: readonly Statistics[]): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, Tensor>();
  const metadata = new Map([['schema', SCHEMA]]);
  for (const { layer, mean, variance, epsilon, momentum } of layers) {
    if (tensors.has(`${layer}/moving_mean`)) throw invalid(layer, 'is there twice');
    tensors.set(`${layer}/moving_mean`, { dtype: 'F32', shape: [mean.length], data: mean });
    tensors.set(`${layer}/moving_variance`, { dtype: 'F32', shape: [variance.length], data: variance });
    metadata.set(`${layer}/epsilon`, String(epsilon));
    metadata.set(`${layer}/momentum`, String(momentum));
  }
  const bytes = encodeSafetensors({ tensors, metadata });
  // Read back, so that nothing is written that would later be refused.
  decodeStatistics(bytes);
  return bytes;
}

/**
 * Reads the statistics of a trunk.
 * @returns layers in the order of the file, which is by name and not the order of the graph
 * @throws AppError `artifact_too_large` beyond `MAX_STATISTICS_BYTES`, `artifact_invalid` for anything else
 */
export function decodeStatistics(bytes: Uint8Array): Statistics[] {
  const { tensors, metadata } = decodeSafetensors(bytes, { maxBytes: MAX_STATISTICS_BYTES });
  checkSchema(metadata.get('schema'), SCHEMA, 'artifact_invalid');
  const layers: Statistics[] = [];
  for (const name of tensors.keys()) {
    const [, layer, statistic] = /^(.*)\/moving_(mean|variance)$/s.exec(name) ?? [];
    if (layer === undefined)
      throw new AppError('artifact_invalid', {
        detail: `Tensor ${quote(name)} is neither a moving_mean nor a moving_variance. Remove it.`,
      });
    // Each layer is read at its mean; a variance alone is found out here.
    if (statistic === 'mean') layers.push(readLayer(layer, tensors, metadata));
    else if (!tensors.has(`${layer}/moving_mean`)) throw invalid(layer, 'has no moving_mean');
  }
  return layers;
}

function readLayer(
  layer: string,
  tensors: Safetensors['tensors'],
  metadata: Safetensors['metadata'],
): Statistics {
  const mean = vectorOf(tensors, layer, 'moving_mean');
  const variance = vectorOf(tensors, layer, 'moving_variance');
  if (mean.length !== variance.length)
    throw invalid(layer, `has ${mean.length} means and ${variance.length} variances`);
  const epsilon = numberOf(metadata, layer, 'epsilon');
  const momentum = numberOf(metadata, layer, 'momentum');
  if (epsilon < 0) throw invalid(layer, 'has a negative epsilon');
  if (variance.some((value) => value < 0)) throw invalid(layer, 'has a negative variance');
  if (variance.some((value) => value + epsilon === 0))
    throw invalid(layer, 'would divide by zero: a variance and epsilon are both 0');
  return { layer, mean, variance, epsilon, momentum };
}

function vectorOf(tensors: Safetensors['tensors'], layer: string, statistic: string): Float32Array {
  const tensor = tensors.get(`${layer}/${statistic}`);
  if (tensor === undefined) throw invalid(layer, `has no ${statistic}`);
  if (tensor.dtype !== 'F32' || tensor.shape.length !== 1)
    throw invalid(layer, `has a ${statistic} that is not an F32 vector`);
  return tensor.data;
}

function numberOf(metadata: Safetensors['metadata'], layer: string, key: string): number {
  const text = metadata.get(`${layer}/${key}`);
  if (text === undefined) throw invalid(layer, `has no ${key}`);
  const value = /^-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw invalid(layer, `has an ${key} that is not a finite decimal number`);
  return value;
}

function invalid(layer: string, what: string): AppError {
  return new AppError('artifact_invalid', {
    detail: `BatchNorm layer ${quote(layer)} ${what}. Import the trunk again.`,
  });
}
