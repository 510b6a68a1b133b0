import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { nodeCodecs } from '../../../scripts/support/codecs.ts';
import { AppError } from '../../../src/contract/errors.ts';
import { decodeImage } from '../../../src/image/decode.ts';
import { webpCodec } from '../../../src/image/webp-codec.ts';
import { concat, golden, latin1, pngChunk, pngOf } from '../../support/image-files.ts';

const FILES = [
  'jpeg-baseline-420.jpg',
  'jpeg-progressive-422.jpg',
  'png-rgb.png',
  'webp-lossy.webp',
  'webp-lossless.webp',
];

/** The file with its bytes from `at` on changed. */
function changed(name: string, at: number, ...values: number[]): Uint8Array {
  const bytes = golden(name);
  bytes.set(values, at < 0 ? bytes.length + at : at);
  return bytes;
}

/** Where the first JPEG marker of a kind is. */
function markerAt(name: string, marker: number): number {
  return golden(name).findIndex((byte, i, bytes) => byte === 0xff && bytes[i + 1] === marker);
}

/** The file with half of its picture gone, but with a header that does not show it. */
function spoiled(name: string): Uint8Array {
  const bytes = golden(name);
  if (!name.endsWith('webp')) return bytes.fill(0, bytes.length >> 1);
  const half = bytes.slice(0, bytes.length >> 1);
  new DataView(half.buffer).setUint32(4, half.length - 8, true);
  return half;
}

async function refusalOf(bytes: Uint8Array, codecs = nodeCodecs()): Promise<string> {
  const error: unknown = await decodeImage(bytes, codecs).catch((reason: unknown) => reason);
  if (!(error instanceof AppError)) throw new Error(`expected a refusal, got ${String(error)}`);
  return error.code;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('webpCodec', () => {
  it.each(FILES)('finds %s incomplete when its last quarter or its last bytes are missing', async (name) => {
    const bytes = golden(name);
    for (const length of [Math.floor(bytes.length * 0.75), bytes.length - 4]) {
      expect(await refusalOf(bytes.subarray(0, length))).toBe('image_invalid');
    }
  });

  it('finds a WebP incomplete whose EXIF block is cut off, though its picture is whole', async () => {
    expect(await refusalOf(golden('webp-orientation-8.webp').subarray(0, -2))).toBe('image_invalid');
  });

  it.each([
    ['Huffman table', changed('jpeg-baseline-420.jpg', markerAt('jpeg-baseline-420.jpg', 0xc4) + 5, 9, 9, 9)],
    ['JPEG data', changed('jpeg-baseline-420.jpg', -300, 0xff, 0xd9)],
    ['PNG data', changed('png-rgb.png', 600, 1, 2, 3, 4)],
    ['PNG palette', changed('png-palette.png', 0x70, 1, 2, 3, 4)],
    ['lossless WebP data', changed('webp-lossless.webp', 40, ...new Array<number>(60).fill(0xff))],
    ['WebP size', changed('webp-lossy-alpha.webp', 24, 5)],
  ])('finds damage in the %s', async (_, bytes) => {
    expect(await refusalOf(bytes)).toBe('image_invalid');
  });

  it('finds a PNG damaged whose checksums are right', async () => {
    const bytes = pngOf(9, 9, { rows: false });
    const data = pngChunk('IDAT', latin1('this was never compressed'));
    const at = bytes.length - 24;
    expect(await refusalOf(concat(bytes.subarray(0, at), data, bytes.subarray(at + 12)))).toBe(
      'image_invalid',
    );
  });

  it('forgives stray bytes before the end of a JPEG and a wrong checksum of a chunk that does not matter', async () => {
    const codecs = nodeCodecs();
    const jpeg = golden('jpeg-baseline-420.jpg');
    const stray = concat(jpeg.subarray(0, -2), latin1('\0\0\0'), jpeg.subarray(-2));
    expect(await decodeImage(stray, codecs)).toEqual(await decodeImage(jpeg, codecs));
    const comment = pngChunk('tEXt', latin1('Comment\0hello')).fill(0, -4);
    expect(await decodeImage(pngOf(3, 3, { extra: comment }), codecs)).toEqual(
      await decodeImage(pngOf(3, 3), codecs),
    );
  });

  it.each(FILES)('decodes %s as before after failures, and beside them', async (name) => {
    const codecs = nodeCodecs();
    const bytes = golden(name);
    const good = await decodeImage(bytes, codecs);
    const bad = spoiled(name);
    const outcomes = await Promise.allSettled(
      [bad, bytes, bad, bad, bytes, bytes].map((image) => decodeImage(image, codecs)),
    );
    for (const i of [1, 4, 5]) expect(outcomes[i]).toEqual({ status: 'fulfilled', value: good });
    for (const i of [0, 2, 3]) {
      expect(outcomes[i]).toMatchObject({ status: 'rejected', reason: { code: 'image_invalid' } });
    }
    expect(await decodeImage(bytes, codecs)).toEqual(good);
  });

  it('keeps its instance while it is well, and only then', async () => {
    const instantiate = vi.spyOn(WebAssembly, 'instantiate');
    const codecs = nodeCodecs();
    const good = golden('webp-lossy.webp');
    await Promise.all([decodeImage(good, codecs), decodeImage(golden('webp-lossless.webp'), codecs)]);
    await decodeImage(good, codecs);
    expect(instantiate).toHaveBeenCalledTimes(1);
    await refusalOf(spoiled('webp-lossy.webp'), codecs);
    await decodeImage(good, codecs);
    expect(instantiate).toHaveBeenCalledTimes(2);
  });

  it('comes to an end when images of all formats are decoded at once', async () => {
    const codecs = nodeCodecs();
    const many = Array.from({ length: 8 }, () => FILES).flat();
    const expected = new Map(
      await Promise.all(FILES.map(async (name) => [name, await decodeImage(golden(name), codecs)] as const)),
    );
    const found = await Promise.all(many.map((name) => decodeImage(golden(name), codecs)));
    expect(found).toEqual(many.map((name) => expected.get(name)));
  });

  it('does not give an image that waited beside a failing one the broken instance', async () => {
    const instantiate = vi.spyOn(WebAssembly, 'instantiate');
    const codecs = nodeCodecs();
    const bad = decodeImage(spoiled('webp-lossy.webp'), codecs);
    const good = decodeImage(golden('webp-lossy.webp'), codecs);
    await expect(bad).rejects.toThrow(AppError);
    await good;
    expect(instantiate).toHaveBeenCalledTimes(2);
  });

  it('loads the module when first needed, once, and again only if that failed', async () => {
    const path = createRequire(import.meta.url).resolve('@jsquash/webp/codec/dec/webp_dec.wasm');
    const load = vi
      .fn(async () => WebAssembly.compile(await readFile(path)))
      .mockRejectedValueOnce(new Error('offline'));
    const codecs = { webp: webpCodec(load) };
    await decodeImage(golden('png-rgb.png'), codecs);
    expect(load).not.toHaveBeenCalled();
    const good = golden('webp-lossy.webp');
    await expect(decodeImage(good, codecs)).rejects.toThrow('offline');
    await decodeImage(good, codecs);
    await refusalOf(spoiled('webp-lossy.webp'), codecs);
    await decodeImage(good, codecs);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('rejects when the module is not the decoder', async () => {
    const codecs = { webp: webpCodec(async () => WebAssembly.compile(latin1('\0asm\x01\0\0\0').slice())) };
    await expect(decodeImage(golden('webp-lossy.webp'), codecs)).rejects.toThrow();
  });

  it('leaves nothing in the global scope', async () => {
    expect('ImageData' in globalThis).toBe(false);
    const before = Reflect.ownKeys(globalThis);
    const { Uint8ClampedArray: bytes } = globalThis;
    const codecs = nodeCodecs();
    for (const name of FILES) {
      const decoding = decodeImage(golden(name), codecs);
      expect(Reflect.ownKeys(globalThis)).toEqual(before);
      await decoding;
      expect(globalThis.Uint8ClampedArray).toBe(bytes);
    }
    await refusalOf(golden('jpeg-photo.jpg').subarray(0, 900), codecs);
    expect(Reflect.ownKeys(globalThis)).toEqual(before);
  });
});
