// Requests of TensorFlow Serving's REST API: bytes -> what is asked. Pure.
// @see https://www.tensorflow.org/tfx/serving/api_rest
import * as v from 'valibot';
import { AppError } from '../../src/contract/errors.ts';
import { HeadId } from '../../src/contract/ids.ts';
import { MAX_BATCH } from '../../src/contract/limits.ts';
import type { NdArray } from '../../src/contract/nd-array.ts';
import type { PredictorInput } from '../inference/predictor.ts';
import { fromBase64 } from './base64.ts';
import { checked } from './checked.ts';
import { JsonTensor, readJson } from './json.ts';

/** The signature of the model's default head; every other name is a personal head's id. */
export const DEFAULT_SIGNATURE = 'serving_default';

/** A request to predict or to classify. */
export interface TfRequest {
  /** Undefined: the default one. */
  readonly head: HeadId | undefined;
  readonly input: PredictorInput;
}

const Signature = v.optional(
  v.pipe(
    v.string(),
    v.transform((name) => (name === DEFAULT_SIGNATURE || name === '' ? undefined : name)),
    v.optional(HeadId),
  ),
);
const PredictRequest = v.object({
  signature_name: Signature,
  instances: v.optional(v.unknown()),
  inputs: v.optional(v.unknown()),
});
const Features = v.record(v.string(), v.unknown());
const ClassifyRequest = v.object({
  signature_name: Signature,
  context: v.optional(Features, {}),
  examples: v.array(Features),
});

/** The head of a `signature_name`. @throws AppError `request_invalid` */
export function headOfSignature(name: string | undefined): HeadId | undefined {
  return checked(Signature, name);
}

/**
 * Reads the body of `:predict`: `instances`, a list of inputs, or `inputs`, one tensor of all of them.
 * @returns what is asked, and in which of the two formats
 * @throws AppError `request_invalid`, `batch_too_large`
 */
export function readPredictRequest(body: Uint8Array): TfRequest & { readonly format: 'row' | 'column' } {
  const { signature_name: head, instances, inputs } = checked(PredictRequest, readJson(body));
  if ((instances === undefined) === (inputs === undefined))
    throw invalid('Send either "instances" or "inputs", and not both.');
  return instances === undefined
    ? { head, format: 'column', input: columns(inputs) }
    : { head, format: 'row', input: rows(instances, '"instances"') };
}

/**
 * Reads the body of `:classify`: `examples`, each with one feature, or a `context` that all of them share.
 * @throws AppError `request_invalid`, `batch_too_large`
 */
export function readClassifyRequest(body: Uint8Array): TfRequest {
  const { signature_name: head, context, examples } = checked(ClassifyRequest, readJson(body));
  if (examples.some((example) => Object.keys(context).some((key) => key in example)))
    throw invalid('A feature of "context" must not be in "examples" too.');
  return {
    head,
    input: rows(
      examples.map((example) => ({ ...context, ...example })),
      '"examples"',
    ),
  };
}

/** One value for each input of the batch. */
function rows(values: unknown, what: string): PredictorInput {
  if (values instanceof JsonTensor) return tensorInput(values, what);
  if (!Array.isArray(values)) throw invalid(`${what} is a list.`);
  checkBatch(values.length);
  const named = values.map((value: unknown, i) => namedValue(value, `${what}, at ${i},`));
  const [first] = named;
  if (first === undefined || named.some(({ name }) => name !== first.name))
    throw invalid(`All of ${what} must be of the same kind.`);
  if (first.name === 'image_bytes')
    return { kind: 'encoded', images: named.map(({ value }, i) => imageOf(value, `${what}, at ${i},`)) };
  const tensors = named.flatMap(({ value }) => (value instanceof JsonTensor ? [value] : []));
  if (tensors.length !== named.length) throw invalid(`"${first.name}" of ${what} is a list of numbers.`);
  return namedTensor(first.name, stack(tensors, what), what);
}

/** One tensor of all inputs, by itself or by its name. */
function columns(inputs: unknown): PredictorInput {
  if (inputs instanceof JsonTensor) return tensorInput(inputs, '"inputs"');
  if (Array.isArray(inputs)) return rows(inputs, '"inputs"');
  const { name, value } = namedValue(inputs, '"inputs"');
  if (value instanceof JsonTensor) return namedTensor(name, value, '"inputs"');
  if (name !== 'features' && Array.isArray(value)) return rows(value, `"${name}"`);
  throw invalid(`"${name}" of "inputs" is a list.`);
}

type InputName = 'image' | 'image_bytes' | 'features';

/** `{"<name>": value}`, or a value that says by itself what it is; an encoded image may be called `image` as well. */
function namedValue(value: unknown, what: string): { readonly name: InputName; readonly value: unknown } {
  const entries = v.safeParse(Features, value instanceof JsonTensor ? null : value);
  const [only, ...more] = entries.success ? Object.entries(entries.output) : [];
  if (only !== undefined && more.length === 0) {
    const [key, inner] = only;
    if (key === 'b64') return { name: 'image_bytes', value };
    if (key === 'image' && !(inner instanceof JsonTensor)) return { name: 'image_bytes', value: inner };
    if (key === 'image' || key === 'image_bytes' || key === 'features') return { name: key, value: inner };
  }
  throw invalid(`${what} must have exactly one of image, image_bytes and features.`);
}

const Encoded = v.strictObject({ b64: v.string() });

function imageOf(value: unknown, what: string): Uint8Array {
  const encoded = v.safeParse(Encoded, value);
  if (!encoded.success) throw invalid(`${what} is not an image as {"b64": "<base64>"}.`);
  return fromBase64(encoded.output.b64, `The image of ${what.replace(/,$/, '')}`);
}

function stack(tensors: readonly JsonTensor[], what: string): JsonTensor {
  const [first] = tensors;
  const shape = first?.shape ?? [];
  if (tensors.some((tensor) => `${tensor.shape}` !== `${shape}`))
    throw invalid(`All of ${what} must have the same shape.`);
  const length = first?.data.length ?? 0;
  const data = new Float32Array(tensors.length * length);
  tensors.forEach((tensor, i) => {
    data.set(tensor.data, i * length);
  });
  return new JsonTensor(data, [tensors.length, ...shape]);
}

/** A tensor without a name tells what it is by its rank. */
function tensorInput(tensor: JsonTensor, what: string): PredictorInput {
  const rank = tensor.shape.length;
  if (rank === 4 || rank === 2) return namedTensor(rank === 4 ? 'image' : 'features', tensor, what);
  throw invalid(
    `${what} has the shape [${tensor.shape}]: images have the shape [n,size,size,3], features [n,d].`,
  );
}

function namedTensor(name: InputName, { data, shape }: NdArray, what: string): PredictorInput {
  checkBatch(shape[0] ?? 0);
  if (name === 'image_bytes') throw invalid(`An image of ${what} is {"b64": "<base64>"}.`);
  return name === 'image'
    ? { kind: 'tensor', images: { data, shape } }
    : { kind: 'features', features: { data, shape } };
}

function checkBatch(n: number): void {
  if (n >= 1 && n <= MAX_BATCH) return;
  throw new AppError('batch_too_large', {
    detail: `A batch has 1 to ${MAX_BATCH} inputs; this one has ${n}. Send several requests.`,
  });
}

function invalid(detail: string): AppError {
  return new AppError('request_invalid', { detail });
}
