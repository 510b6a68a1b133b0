// A request of the Open Inference Protocol v2, with the binary tensor extension: bytes -> what is asked. Pure.
// @see https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
// @see https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
import * as v from 'valibot';
import { AppError } from '../../src/contract/errors.ts';
import { HeadId } from '../../src/contract/ids.ts';
import { MAX_BATCH } from '../../src/contract/limits.ts';
import type { PredictorInput } from '../inference/predictor.ts';
import { fromBase64 } from './base64.ts';
import { checked } from './checked.ts';
import { JsonTensor, readJson } from './json.ts';

/** The tensors that a model gives. */
export const OUTPUT_NAMES = ['probabilities', 'logits', 'features'] as const;
export type OutputName = (typeof OUTPUT_NAMES)[number];

/** An output as it is asked for. */
export interface WantedOutput {
  readonly name: OutputName;
  /** As bytes after the JSON, instead of numbers in it. */
  readonly binary: boolean;
  /** Instead of the tensor, its so many highest values as `<value>:<index>:<label>`. */
  readonly classification: number | null;
}

/** A request to infer. */
export interface InferRequest {
  readonly id: string | undefined;
  readonly head: HeadId | undefined;
  readonly input: PredictorInput;
  /** Null: all that there are. */
  readonly outputs: readonly WantedOutput[] | null;
  /** For outputs that do not say. */
  readonly binary: boolean;
}

/** The inputs that a model takes, exactly one in a request, with their datatypes. */
export const INPUT_DATATYPES = { image: 'FP32', image_bytes: 'BYTES', features: 'FP32' } as const;
type InputName = keyof typeof INPUT_DATATYPES;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Input = v.object({
  name: v.picklist(['image', 'image_bytes', 'features']),
  datatype: v.string(),
  shape: v.instance(JsonTensor, 'a list of whole numbers'),
  parameters: v.optional(v.object({ binary_data_size: v.optional(count) })),
  data: v.optional(v.unknown()),
});
const Output = v.object({
  name: v.picklist(OUTPUT_NAMES),
  parameters: v.optional(
    v.object({
      binary_data: v.optional(v.boolean()),
      classification: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
    }),
  ),
});
const Request = v.object({
  id: v.optional(v.string()),
  parameters: v.optional(v.object({ head: v.optional(HeadId), binary_data_output: v.optional(v.boolean()) })),
  inputs: v.pipe(
    v.array(Input),
    v.length(1, `exactly one of ${Object.keys(INPUT_DATATYPES).join(', ')} is to be given`),
  ),
  outputs: v.optional(v.array(Output)),
});
type Input = v.InferOutput<typeof Input>;

/**
 * Reads a request to infer.
 * @param body the JSON object, and after it the binary data
 * @param headerLength of `Inference-Header-Content-Length`: bytes of the JSON; undefined: all of the body
 * @throws AppError `request_invalid`, `batch_too_large`
 */
export function readInferRequest(body: Uint8Array, headerLength: string | undefined): InferRequest {
  const jsonLength = headerLength === undefined ? body.length : Number(headerLength);
  if (!/^\d{1,10}$/.test(headerLength ?? '0') || jsonLength > body.length)
    throw invalid(`Inference-Header-Content-Length is the length of the JSON, at most ${body.length} here.`);
  const request = checked(Request, readJson(body.subarray(0, jsonLength)));
  const binary = request.parameters?.binary_data_output ?? false;
  return {
    id: request.id,
    head: request.parameters?.head,
    input: inputOf(request.inputs, body.subarray(jsonLength)),
    outputs: request.outputs === undefined ? null : outputsOf(request.outputs, binary),
    binary,
  };
}

function outputsOf(
  outputs: readonly v.InferOutput<typeof Output>[],
  binary: boolean,
): readonly WantedOutput[] {
  if (new Set(outputs.map(({ name }) => name)).size !== outputs.length)
    throw invalid('Ask for each output once.');
  if (outputs.length === 0) throw invalid('Ask for an output, or leave "outputs" out to get all.');
  return outputs.map(({ name, parameters: { binary_data = binary, classification = null } = {} }) => {
    if (classification !== null && name === 'features')
      throw invalid('"classification" is for probabilities and logits: features have no classes.');
    return { name, binary: binary_data, classification };
  });
}

function inputOf([input]: readonly Input[], rest: Uint8Array): PredictorInput {
  if (input === undefined) throw invalid('There is no input.');
  const { name, datatype, parameters, data } = input;
  const size = parameters?.binary_data_size;
  if (datatype !== INPUT_DATATYPES[name])
    throw invalid(`The datatype of "${name}" is ${INPUT_DATATYPES[name]}, not "${datatype.slice(0, 20)}".`);
  if ((size === undefined) === (data === undefined))
    throw invalid(`"${name}" has either "data", or "binary_data_size" and bytes after the JSON.`);
  if (rest.length !== (size ?? 0))
    throw invalid(`"binary_data_size" is ${size ?? 0}, but ${rest.length} bytes follow the JSON.`);
  const shape = shapeOf(name, input.shape);
  if (name === 'image_bytes') {
    const images = size === undefined ? imagesOfJson(data, shape) : imagesOfBytes(rest, shape);
    return { kind: 'encoded', images };
  }
  const tensor = {
    data: size === undefined ? floatsOfJson(name, data, shape) : floatsOfBytes(name, rest, shape),
    shape,
  };
  return name === 'image' ? { kind: 'tensor', images: tensor } : { kind: 'features', features: tensor };
}

const RANKS = { image: 4, image_bytes: 1, features: 2 } as const;

function shapeOf(name: InputName, { data, shape }: JsonTensor): readonly number[] {
  const sizes = [...data];
  const whole = sizes.every((size) => Number.isInteger(size) && size >= 0);
  if (shape.length !== 1 || sizes.length !== RANKS[name] || !whole)
    throw invalid(`The shape of "${name}" is a list of ${RANKS[name]} whole number(s).`);
  const [n = 0] = sizes;
  if (n < 1 || n > MAX_BATCH)
    throw new AppError('batch_too_large', {
      detail: `A batch has 1 to ${MAX_BATCH} inputs; this one says ${n}. Send several requests.`,
    });
  return sizes;
}

function imagesOfJson(data: unknown, [n = 0]: readonly number[]): readonly Uint8Array[] {
  const texts = checked(v.array(v.string('each image is a text, base64')), data);
  if (texts.length !== n) throw invalid(`"image_bytes" has ${texts.length} images; its shape says ${n}.`);
  return texts.map((text, i) => fromBase64(text, `Image ${i} of "image_bytes"`));
}

/** Each element a uint32 of its length, little-endian, and its bytes. */
function imagesOfBytes(bytes: Uint8Array, [n = 0]: readonly number[]): readonly Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const images: Uint8Array[] = [];
  let at = 0;
  while (images.length < n) {
    const length = at + 4 > bytes.length ? -1 : view.getUint32(at, true);
    if (length < 0 || at + 4 + length > bytes.length)
      throw invalid(`Image ${images.length} of "image_bytes" goes beyond the end of the data.`);
    images.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  if (at !== bytes.length) throw invalid(`"image_bytes" has more than the ${n} images of its shape.`);
  return images;
}

/** Nested as the shape says, or flat. */
function floatsOfJson(name: InputName, data: unknown, shape: readonly number[]): Float32Array {
  const elements = shape.reduce((a, b) => a * b, 1);
  if (data instanceof JsonTensor && (`${data.shape}` === `${shape}` || `${data.shape}` === `${elements}`))
    return data.data;
  throw invalid(
    `The data of "${name}" is ${elements} numbers, flat or nested as its shape [${shape}]${
      data instanceof JsonTensor ? `; given are [${data.shape}]` : ''
    }.`,
  );
}

function floatsOfBytes(name: InputName, bytes: Uint8Array, shape: readonly number[]): Float32Array {
  const elements = shape.reduce((a, b) => a * b, 1);
  if (bytes.length !== elements * 4)
    throw invalid(
      `The shape [${shape}] of "${name}" is ${elements * 4} bytes of FP32; given are ${bytes.length}.`,
    );
  // A copy, because a view of floats needs its bytes aligned.
  const floats = new Float32Array(new Uint8Array(bytes).buffer);
  if (!floats.every((value) => Number.isFinite(value)))
    throw invalid(`The data of "${name}" has NaN or infinity in it.`);
  return floats;
}

function invalid(detail: string): AppError {
  return new AppError('request_invalid', { detail });
}
