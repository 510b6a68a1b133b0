// The body of a prediction -> an encoded image, or features, whichever dialect it came in. Does not decode images.
import { PredictBody } from '../src/contract/api.ts';
import { AppError } from '../src/contract/errors.ts';
import { fromHalf } from '../src/contract/half.ts';
import { fromBase64 } from './dialects/base64.ts';
import { checked } from './dialects/checked.ts';
import { readJson } from './dialects/json.ts';

/** What is to be predicted on. */
export type PredictionInput =
  | { readonly kind: 'image'; readonly bytes: Uint8Array; readonly topK?: number }
  /** [d] */
  | { readonly kind: 'features'; readonly features: Float32Array };

const FEATURES = 'X-Topwork-Features';

/** Whether the body has features, and no image. */
export function hasFeatures({ headers }: Request): boolean {
  return headers.has(FEATURES);
}

/**
 * Reads the body by its content type: an image's bytes, features where `X-Topwork-Features` says so, JSON with the
 * image in base64, or a form with one file.
 * @throws AppError `request_invalid`, `features_invalid`, `unsupported_media_type`
 */
export async function readPredictionInput(request: Request): Promise<PredictionInput> {
  const type = (request.headers.get('Content-Type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const announced = request.headers.get(FEATURES);
  if (announced !== null)
    return { kind: 'features', features: featuresOf(announced, await bytesOf(request)) };
  if (type === 'application/json') return imageOfJson(await bytesOf(request));
  if (type === 'multipart/form-data') return { kind: 'image', bytes: await imageOfForm(request) };
  // Programs that send bytes without saying which (and some say octet-stream) are understood: the bytes tell.
  if (type === '' || type === 'application/octet-stream' || type.startsWith('image/'))
    return { kind: 'image', bytes: await bytesOf(request) };
  throw new AppError('unsupported_media_type', {
    detail: `Send the image as image/jpeg, image/png, image/webp, multipart/form-data or application/json, not "${type}".`,
  });
}

/** `<dim>`, little-endian fp32, or `<dim>;dtype=f16`. */
function featuresOf(announced: string, bytes: Uint8Array): Float32Array {
  const [, digits, dtype = 'f32'] =
    /^([1-9]\d{0,5})(?:\s*;\s*dtype=(f32|f16))?$/.exec(announced.trim()) ?? [];
  if (digits === undefined)
    throw new AppError('request_invalid', {
      detail: 'X-Topwork-Features is "<number of features>", or "<number of features>;dtype=f16".',
    });
  const width = dtype === 'f16' ? 2 : 4;
  if (bytes.length !== Number(digits) * width)
    throw new AppError('features_invalid', {
      detail: `${digits} features of ${width} bytes are ${Number(digits) * width} bytes; the body has ${bytes.length}.`,
    });
  // A copy, because a view of wider elements needs its bytes aligned.
  const aligned = new Uint8Array(bytes).buffer;
  return dtype === 'f16' ? fromHalf(new Uint16Array(aligned)) : new Float32Array(aligned);
}

function imageOfJson(body: Uint8Array): PredictionInput {
  const { inputs, parameters } = checked(PredictBody, readJson(body));
  const bytes = fromBase64(inputs.replace(/^data:image\/[\w.+-]+;base64,/, ''), '"inputs"');
  return { kind: 'image', bytes, ...(parameters?.top_k === undefined ? {} : { topK: parameters.top_k }) };
}

async function imageOfForm(request: Request): Promise<Uint8Array> {
  const form = await request.formData().catch((cause: unknown) => {
    throw new AppError('request_invalid', { detail: 'The form cannot be read: check its boundary.', cause });
  });
  const [file, ...more] = [...form.values()].filter((value) => typeof value !== 'string');
  if (file === undefined || more.length > 0) throw invalid('The form must have exactly one file, the image.');
  return new Uint8Array(await file.arrayBuffer());
}

async function bytesOf(request: Request): Promise<Uint8Array> {
  return new Uint8Array(await request.arrayBuffer());
}

function invalid(detail: string): AppError {
  return new AppError('request_invalid', { detail });
}
