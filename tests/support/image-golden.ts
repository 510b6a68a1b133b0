// The golden check of decoding and preprocessing, the same for every platform: Node, workerd and Chromium call this.
// Imports nothing of any platform; files come through the reader that the caller gives.
import { AppError } from '../../src/contract/errors.ts';
import { type Codecs, decodeImage, decodeInput } from '../../src/image/decode.ts';
import type { InputSpec } from '../../src/image/preprocess.ts';

/** Reads a file of `tests/golden/image` by its name. */
export type ReadGolden = (name: string) => Promise<Uint8Array>;

/** What an image file must become; digests are SHA-256 in hex. */
export interface ImageFigures {
  readonly width: number;
  readonly height: number;
  /** Of the RGBA bytes. */
  readonly rgba: string;
  /** Of the float32 bytes that `decodeInput` makes for each of `INPUTS`. */
  readonly inputs: readonly string[];
}

/** The trunk inputs that are checked: a shrinking and an enlarging one for most files, in two value ranges. */
export const INPUTS: readonly InputSpec[] = [
  { size: 32, range: [0, 1] },
  { size: 160, range: [-1, 1] },
];

/** Decodes and preprocesses one file. @throws AppError */
export async function imageFigures(bytes: Uint8Array, codecs: Codecs): Promise<ImageFigures> {
  const pixels = await decodeImage(bytes, codecs);
  const inputs: string[] = [];
  for (const input of INPUTS) {
    inputs.push(await digest(await decodeInput(bytes, codecs, input)));
  }
  return { width: pixels.width, height: pixels.height, rgba: await digest(pixels.data), inputs };
}

/**
 * Decodes and preprocesses every file of `expected.json` and compares with what is written there, be it figures or
 * the code of a refusal.
 * @returns the names that were checked
 * @throws Error that names every file that differs, with what was found
 */
export async function checkImageGolden(read: ReadGolden, codecs: Codecs): Promise<readonly string[]> {
  const expected: unknown = JSON.parse(new TextDecoder().decode(await read('expected.json')));
  if (typeof expected !== 'object' || expected === null) throw new Error('expected.json is not an object');
  const differences: string[] = [];
  for (const [name, figures] of Object.entries(expected)) {
    const found = await outcome(await read(name), codecs);
    if (JSON.stringify(found) !== JSON.stringify(figures)) {
      differences.push(`${name}: expected ${JSON.stringify(figures)}, found ${JSON.stringify(found)}`);
    }
  }
  if (differences.length > 0) throw new Error(differences.join('\n'));
  return Object.keys(expected);
}

/** The figures of a file, or the code by which it is refused. */
export async function outcome(bytes: Uint8Array, codecs: Codecs): Promise<ImageFigures | string> {
  try {
    return await imageFigures(bytes, codecs);
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

async function digest(array: Uint8Array | Uint8ClampedArray | Float32Array): Promise<string> {
  const copy = new Uint8Array(array.byteLength);
  copy.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', copy));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
