// What clients send to the Worker: nothing to predict on, features, a tiny PNG, a page's JPEG, a JPEG near the edge's
// limit.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import encode, { init } from '@jsquash/jpeg/encode.js';
import { nodeCodecs } from '../scripts/support/codecs.ts';
import { SAMPLE } from '../scripts/support/fashion.ts';
import { decodeImage } from '../src/image/decode.ts';

/** A request, by name. */
export interface WorkerRequest {
  readonly name: string;
  readonly path: string;
  readonly init: Readonly<{ method: 'GET' | 'POST'; headers: Record<string, string> }>;
  readonly body: Uint8Array<ArrayBuffer> | null;
}

const PHOTO = 'tests/golden/image/jpeg-photo.jpg';
const LARGE = { width: 2048, height: 1536 };
/** What a phone of 12 megapixels takes. */
const TWELVE = { width: 4032, height: 3024 };

/**
 * @param features [d], as the default head wants them
 * @returns the ones that ask little of memory, the smallest image first, and the ones that ask much
 */
export async function makeRequests(features: Float32Array): Promise<{
  readonly small: readonly [WorkerRequest, ...WorkerRequest[]];
  readonly large: WorkerRequest;
  readonly photo: WorkerRequest;
}> {
  const photo = new Uint8Array(await readFile(PHOTO));
  const predict = (
    name: string,
    body: Uint8Array<ArrayBuffer>,
    headers: Record<string, string>,
  ): WorkerRequest => ({ name, path: '/api/predict', init: { method: 'POST', headers }, body });
  const jpeg = { 'Content-Type': 'image/jpeg' };
  return {
    small: [
      predict('PNG 28x28', new Uint8Array(await readFile(SAMPLE)), { 'Content-Type': 'image/png' }),
      predict('JPEG 400x300', photo, jpeg),
      predict(`${features.length} features`, new Uint8Array(features.slice().buffer), {
        'Content-Type': 'application/octet-stream',
        'X-Topwork-Features': `${features.length}`,
      }),
      { name: 'GET /api/health', path: '/api/health', init: { method: 'GET', headers: {} }, body: null },
    ],
    large: predict(`JPEG ${LARGE.width}x${LARGE.height}`, await enlarge(photo, LARGE), jpeg),
    photo: predict(`JPEG ${TWELVE.width}x${TWELVE.height}`, await enlarge(photo, TWELVE), jpeg),
  };
}

/** A photo as large as a phone's page would send it, made by repeating pixels. */
async function enlarge(photo: Uint8Array, { width, height }: typeof LARGE): Promise<Uint8Array<ArrayBuffer>> {
  const from = await decodeImage(photo, nodeCodecs());
  const source = new Uint32Array(new Uint8Array(from.data).buffer);
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * from.height) / height) * from.width;
    for (let x = 0; x < width; x++)
      pixels[y * width + x] = source[row + Math.floor((x * from.width) / width)] ?? 0;
  }
  const wasm = createRequire(import.meta.url).resolve('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm');
  const options = { noInitialRun: true, wasmBinary: await readFile(wasm) };
  await init(options);
  // Only the bytes and the size of an ImageData are read.
  const image = { width, height, data: new Uint8ClampedArray(pixels.buffer), colorSpace: 'srgb' as const };
  return new Uint8Array(await encode(image));
}
