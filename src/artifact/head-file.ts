// A head as a safetensors file and back: docs/formats.md is its description in prose.
// It knows what makes a head whole, and nothing of which trunk is at hand: the caller compares `metadata.trunk`.
import * as v from 'valibot';
import { AppError } from '../contract/errors.ts';
import { fromHalf, toHalf } from '../contract/half.ts';
import { HeadMetadata } from '../contract/head.ts';
import { MAX_HEAD_BYTES } from '../contract/limits.ts';
import type { DenseLayer, Head } from '../head/head.ts';
import type { WeightOverlay } from '../trunk/overlay.ts';
import { canonicalJson } from './canonical-json.ts';
import { decodeSafetensors, encodeSafetensors, type Safetensors, type Tensor } from './safetensors.ts';
import { quote } from './safetensors-header.ts';
import { checkSchema } from './schema.ts';
import { takeTrunkTensors, trunkTensors } from './trunk-tensors.ts';

const PLAIN = 'topwork.head/1';
const OVERLAID = 'topwork.head/2';

/** Metadata keys that hold JSON; the others hold their text as it is. */
const STRUCTURED: ReadonlySet<string> = new Set([
  ...['labels', 'preprocessing', 'calibration', 'report', 'tuning', 'adaptation'],
]);
/** Metadata keys that version 1 does not know. */
const ONLY_OVERLAID: ReadonlySet<string> = new Set(['tuning', 'adaptation']);

const Activations = v.pipe(v.array(v.picklist(['linear', 'relu'])), v.minLength(1), v.maxLength(8));

/** What a file of a head says. */
export interface HeadFile {
  readonly head: Head;
  readonly metadata: HeadMetadata;
  /** Weights of the trunk that the head replaces, by their names in the model file; empty: the trunk as it is. */
  readonly overlay: WeightOverlay;
}

/**
 * Writes a head, as version 2 where it replaces weights of the trunk, else as version 1, which every reader reads.
 * Canonical: the same head, metadata, overlay and storage give the same bytes. What was written is read back before it
 * is returned, so that nothing leaves that `decodeHead` would refuse.
 * @param metadata its `tuning` and `adaptation` say how the overlay was made, and are left out without one
 * @param options.kernels storage of the dense kernels; F16 halves the file and rounds to 11 significant bits. The
 *   overlay is stored exactly in any case
 * @throws AppError `head_invalid`, `head_too_large`
 */
export function encodeHead(
  head: Head,
  metadata: Omit<HeadMetadata, 'schema'>,
  {
    kernels = 'F32',
    overlay = new Map(),
  }: { readonly kernels?: 'F32' | 'F16'; readonly overlay?: WeightOverlay } = {},
): Uint8Array<ArrayBuffer> {
  const schema = overlay.size > 0 ? OVERLAID : PLAIN;
  const clean = checked(HeadMetadata, { ...metadata, schema }, 'The metadata');
  const { kind, labels, calibration } = clean;
  const said = canonicalJson({ kind: head.kind, labels: head.labels, calibration: head.calibration });
  if (said !== canonicalJson({ kind, labels, calibration }))
    throw invalid(
      'The head and its metadata differ in kind, labels or calibration. Make both from one training.',
    );
  const tensors = new Map([...tensorsOf(head, kernels), ...trunkTensors(overlay)]);
  const bytes = translated(() => encodeSafetensors({ tensors, metadata: textsOf(head, clean) }));
  if (bytes.length > MAX_HEAD_BYTES && overlay.size > 0)
    throw new AppError('head_too_large', {
      detail: `With its layers of the trunk the head has ${bytes.length} bytes; at most ${MAX_HEAD_BYTES} are taken. Fine-tune fewer layers.`,
    });
  decodeHead(bytes);
  return bytes;
}

/**
 * Reads a head and checks that it is whole: schema, metadata, shapes that chain from d features to k labels,
 * finite numbers, deviations above 0, no tensor that its version does not know. Unknown metadata keys are ignored.
 * Whether the overlay fits the trunk is for `checkOverlay`, which has the trunk.
 * @throws AppError `head_too_large` beyond `MAX_HEAD_BYTES`, `head_invalid` for anything else
 */
export function decodeHead(bytes: Uint8Array): HeadFile {
  const file = translated(() => decodeSafetensors(bytes, { maxBytes: MAX_HEAD_BYTES }));
  const schema = file.metadata.get('schema');
  if (schema !== PLAIN) checkSchema(schema, OVERLAID, 'head_invalid');
  const metadata = metadataOf(file.metadata);
  const { kind, labels, calibration, report } = metadata;
  if (report.examples.length !== labels.length)
    throw invalid(`The report counts ${report.examples.length} classes for ${labels.length} labels.`);

  const unread = new Map(file.tensors);
  const mean = take(unread, 'standardize/mean', [null]);
  const deviation = take(unread, 'standardize/deviation', mean.shape);
  if (deviation.data.some((value) => value <= 0))
    throw invalid('Tensor "standardize/deviation" must be above 0 everywhere. Train again.');
  const layers: DenseLayer[] = [];
  const activations = activationsOf(file.metadata.get('activations'));
  let inputs = mean.data.length;
  activations.forEach((activation, i) => {
    const outputs = i === activations.length - 1 ? labels.length : null;
    const name = layerName(i, activations.length);
    const bias = take(unread, `${name}/bias`, [outputs]);
    const kernel = take(unread, `${name}/kernel`, [inputs, bias.data.length]);
    layers.push({ kernel: kernel.data, bias: bias.data, activation });
    inputs = bias.data.length;
  });
  const overlay: WeightOverlay = schema === OVERLAID ? takeTrunkTensors(unread) : new Map();
  for (const name of unread.keys())
    throw invalid(
      `Tensor ${quote(name)} is not part of a head of version ${schema === OVERLAID ? 2 : 1}. Update Topwork, or remove it.`,
    );

  const standardize = { mean: mean.data, deviation: deviation.data };
  return { head: { kind, labels, standardize, layers, calibration }, metadata, overlay };
}

function tensorsOf(head: Head, kernels: 'F32' | 'F16'): Map<string, Tensor> {
  const { standardize, layers } = head;
  const tensors = new Map<string, Tensor>();
  const add = (name: string, shape: readonly number[], data: Float32Array) =>
    tensors.set(name, { dtype: 'F32', shape, data });
  add('standardize/mean', [standardize.mean.length], standardize.mean);
  add('standardize/deviation', [standardize.deviation.length], standardize.deviation);
  let inputs = standardize.mean.length;
  layers.forEach(({ kernel, bias }, i) => {
    const name = layerName(i, layers.length);
    const shape = [inputs, bias.length];
    if (kernels === 'F16') tensors.set(`${name}/kernel`, { dtype: 'F16', shape, data: toHalf(kernel) });
    else add(`${name}/kernel`, shape, kernel);
    add(`${name}/bias`, [bias.length], bias);
    inputs = bias.length;
  });
  return tensors;
}

/** Keras's way: `dense` alone, else `dense_1`, `dense_2` in the order of the data. */
function layerName(index: number, count: number): string {
  return count === 1 ? 'dense' : `dense_${index + 1}`;
}

/** Takes a tensor off the list of the unread; `null` in the shape stands for any size above 0. */
function take(
  unread: Map<string, Tensor>,
  name: string,
  shape: readonly (number | null)[],
): { readonly data: Float32Array; readonly shape: readonly number[] } {
  const tensor = unread.get(name);
  if (tensor === undefined) throw invalid(`Tensor ${quote(name)} is missing. Export the head again.`);
  unread.delete(name);
  const fits =
    tensor.shape.length === shape.length &&
    tensor.shape.every((dim, i) => dim > 0 && dim === (shape[i] ?? dim));
  if (!fits)
    throw invalid(
      `Tensor ${quote(name)} has shape [${tensor.shape.slice(0, 8)}]; [${shape.map((dim) => dim ?? 'any')}] is expected.`,
    );
  if (tensor.dtype === 'F32') return { data: tensor.data, shape: tensor.shape };
  if (tensor.dtype === 'F16' && name.endsWith('/kernel'))
    return { data: fromHalf(tensor.data), shape: tensor.shape };
  throw invalid(`Tensor ${quote(name)} has dtype ${tensor.dtype}. Store it as F32, a kernel as F32 or F16.`);
}

function textsOf(head: Head, metadata: HeadMetadata): Map<string, string> {
  const texts = new Map([['activations', canonicalJson(head.layers.map(({ activation }) => activation))]]);
  for (const [key, value] of Object.entries(metadata)) {
    if (value === undefined || !isKnown(key, metadata.schema)) continue;
    texts.set(key, typeof value === 'string' ? value : canonicalJson(value));
  }
  return texts;
}

function metadataOf(texts: Safetensors['metadata']): HeadMetadata {
  const values = Object.keys(HeadMetadata.entries).flatMap((key) => {
    const text = isKnown(key, texts.get('schema')) ? texts.get(key) : undefined;
    if (text === undefined) return [];
    return [[key, STRUCTURED.has(key) ? parseJson(key, text) : text] as const];
  });
  return checked(HeadMetadata, Object.fromEntries(values), 'The metadata');
}

function isKnown(key: string, schema: string | undefined): boolean {
  return schema === OVERLAID || !ONLY_OVERLAID.has(key);
}

function activationsOf(text: string | undefined): v.InferOutput<typeof Activations> {
  const activations = checked(
    Activations,
    parseJson('activations', text ?? 'null'),
    'The list of activations',
  );
  if (activations.at(-1) !== 'linear')
    throw invalid('The last activation must be linear, for its outputs are logits. Export the head again.');
  return activations;
}

function parseJson(key: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`The metadata key ${key} is not JSON. Export the head again.`, cause);
  }
}

function checked<S extends v.GenericSchema>(schema: S, value: unknown, what: string): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  throw invalid(`${what} is not valid${path === null ? '' : ` at ${path}`}: ${issue.message.slice(0, 200)}.`);
}

/** Runs the codec, and tells its refusals as a head's. */
function translated<T>(run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    const code = cause.code === 'artifact_too_large' ? 'head_too_large' : 'head_invalid';
    throw new AppError(code, { detail: cause.detail, cause });
  }
}

function invalid(detail: string, cause?: unknown): AppError {
  return new AppError('head_invalid', { detail, cause });
}
