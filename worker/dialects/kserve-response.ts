// An answer of the Open Inference Protocol v2, with the extensions for binary tensors and classification. Pure.
// @see https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_classification.md
import { AppError } from '../../src/contract/errors.ts';
import type { Scores } from '../inference/predictor.ts';
import { type InferRequest, OUTPUT_NAMES, type OutputName, type WantedOutput } from './kserve-request.ts';

/** What was predicted on n inputs, as float32. */
export interface InferResult {
  readonly model: string;
  /** The head's id and revision; null: only the trunk answered. */
  readonly head: { readonly id: string; readonly revision: string } | null;
  readonly n: number;
  /** [n,d] */
  readonly features: Float32Array;
  readonly scores: Pick<Scores, 'labels' | 'logits' | 'probabilities'> | null;
}

/** The answer's body; `headerLength` is the length of the JSON where binary data follows it. */
export interface InferResponse {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headerLength: number | null;
}

interface ResponseOutput {
  readonly json: Record<string, unknown>;
  readonly binary: Uint8Array | null;
}

/**
 * Writes the answer, outputs in the order in which they were asked for.
 * @throws AppError `features_invalid` when a number is beyond float32, which JSON has no text for
 */
export function writeInferResponse(
  result: InferResult,
  { id, outputs, binary }: Pick<InferRequest, 'id' | 'outputs' | 'binary'>,
): InferResponse {
  const wanted = outputs ?? OUTPUT_NAMES.map((name) => ({ name, binary, classification: null }));
  const written = wanted.map((each) => writeOutput(result, each));
  const json = utf8(
    JSON.stringify({
      model_name: result.model,
      ...(result.head === null ? {} : { model_version: result.head.revision }),
      ...(id === undefined ? {} : { id }),
      ...(result.head === null ? {} : { parameters: { head: result.head.id } }),
      outputs: written.map((output) => output.json),
    }),
  );
  const data = written.flatMap((output) => (output.binary === null ? [] : [output.binary]));
  return { body: concat([json, ...data]), headerLength: data.length === 0 ? null : json.length };
}

function writeOutput(result: InferResult, { name, binary, classification }: WantedOutput): ResponseOutput {
  const { n, scores } = result;
  const values = floatsOf(result, name);
  if (classification === null) {
    const head = { name, datatype: 'FP32', shape: [n, values.length / n] };
    return binary ? binaryOutput(head, bytesOfFloats(values)) : jsonOutput(head, Array.from(values));
  }
  const labels = scores?.labels ?? [];
  const texts = Array.from({ length: n }, (_, i) =>
    classes(values.subarray(i * labels.length, (i + 1) * labels.length), labels, classification),
  );
  const head = { name, datatype: 'BYTES', shape: [n, Math.min(classification, labels.length)] };
  return binary ? binaryOutput(head, bytesOfTexts(texts.flat())) : jsonOutput(head, texts.flat());
}

function jsonOutput(head: Record<string, unknown>, data: readonly unknown[]): ResponseOutput {
  return { json: { ...head, data }, binary: null };
}

function binaryOutput(head: Record<string, unknown>, binary: Uint8Array): ResponseOutput {
  return { json: { ...head, parameters: { binary_data_size: binary.length } }, binary };
}

function floatsOf({ features, scores }: InferResult, name: OutputName): Float32Array {
  const values =
    name === 'features' ? features : Float32Array.from((scores === null ? undefined : scores[name]) ?? []);
  if (values.every((value) => Number.isFinite(value))) return values;
  throw new AppError('features_invalid', {
    detail: `The ${name} are beyond the range of FP32. Check the range of the input.`,
  });
}

/** `<value>:<index>:<label>` of the k highest values of a row, highest first; equal ones by index. */
function classes(row: Float32Array, labels: readonly string[], k: number): readonly string[] {
  return Array.from(row, (value, index) => ({ value, index }))
    .sort((a, b) => b.value - a.value || a.index - b.index)
    .slice(0, k)
    .map(({ value, index }) => `${shortest(value)}:${index}:${labels[index] ?? ''}`);
}

/** The shortest decimal that is this float32 again. */
function shortest(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}

function bytesOfFloats(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setFloat32(i * 4, value, true);
  });
  return bytes;
}

function bytesOfTexts(texts: readonly string[]): Uint8Array {
  return concat(
    texts.flatMap((text) => {
      const bytes = utf8(text);
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, bytes.length, true);
      return [length, bytes];
    }),
  );
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
