import { describe, expect, it } from 'vitest';
import { MAX_IMAGE_PIXELS } from '../../../src/contract/limits.ts';
import { readImageHeader, sniffFormat } from '../../../src/image/sniff.ts';
import {
  concat,
  exifOf,
  frameOf,
  golden,
  goldenNames,
  jpegOf,
  latin1,
  pngChunk,
  pngOf,
  webpOf,
} from '../../support/image-files.ts';

const refusal = (code: string, detail: RegExp | string = '') =>
  expect.objectContaining({
    name: 'AppError',
    code: expect.stringMatching(`^${code}$`),
    detail: expect.stringMatching(detail),
  });

const SOF0 = 0xc0;
const APP0 = 0xe0;
const APP1 = 0xe1;

describe('sniffFormat', () => {
  it.each([
    ['GIF89a', 'GIF'],
    ['BM\x36\0\0\0', 'BMP'],
    ['II*\0\x08\0\0\0', 'TIFF'],
    ['MM\0*\0\0\0\x08', 'TIFF'],
    ['\0\0\x01\0\x01\0', 'icon'],
    ['\0\0\0\x20ftypavif', 'AVIF'],
    ['\0\0\0\x18ftypheic', 'HEIC'],
    ['\0\0\0\x18ftypmif1', 'HEIF'],
    ['\0\0\0\x18ftypmp42', 'video'],
    ['\xff\x0a\xfa', 'JPEG XL'],
    ['%PDF-1.7', 'PDF'],
    ['\xef\xbb\xbf\n <SVG xmlns=', 'SVG'],
    ['<?xml version="1.0"?><svg', 'SVG'],
    ['\n<!DOCTYPE html>', 'web page'],
    ['data:image/png;base64,', 'data URL'],
    ['RIFF\0\0\0\0WAVE', 'not a known image format'],
    ['hello', 'not a known image format'],
  ])('names %j as %s', (text, name) => {
    expect(() => sniffFormat(latin1(text))).toThrow(refusal('image_unsupported', name));
  });

  it('calls nothing at all invalid', () => {
    expect(() => sniffFormat(new Uint8Array(0))).toThrow(refusal('image_invalid', 'empty'));
  });
});

describe('readImageHeader', () => {
  it.each([
    ['jpeg-baseline-420.jpg', 'jpeg', 61, 47],
    ['jpeg-progressive-422.jpg', 'jpeg', 61, 47],
    ['jpeg-orientation-6.jpg', 'jpeg', 47, 61],
    ['png-interlaced.png', 'png', 61, 47],
    ['webp-lossy.webp', 'webp', 61, 47],
    ['webp-lossless.webp', 'webp', 61, 47],
    ['webp-lossy-alpha.webp', 'webp', 61, 47],
    ['webp-orientation-8.webp', 'webp', 47, 61],
  ])('reads the size of %s as stored', (name, format, width, height) => {
    expect(readImageHeader(golden(name))).toMatchObject({ format, width, height });
  });

  it('reads files that begin in the middle of a buffer', () => {
    for (const name of ['jpeg-photo.jpg', 'png-rgb.png', 'webp-lossy-alpha.webp']) {
      const bytes = golden(name);
      const inside = concat(new Uint8Array(5), bytes).subarray(5);
      expect(readImageHeader(inside)).toEqual(readImageHeader(bytes));
    }
  });

  it('either reads the whole header or calls the file invalid, wherever it is cut off', () => {
    for (const name of goldenNames().filter((file) => !file.startsWith('refused'))) {
      const bytes = golden(name);
      const whole = readImageHeader(bytes);
      for (let length = 0; length < Math.min(bytes.length, 700); length++) {
        let found: unknown;
        try {
          const { format, width, height } = readImageHeader(bytes.subarray(0, length));
          found = { format, width, height };
        } catch (error) {
          found = error;
        }
        if (found instanceof Error) {
          // Before the magic bytes are all there, the format is not known yet.
          expect(found).toEqual(
            refusal(length === 0 || length >= 12 ? 'image_invalid' : '(image_invalid|image_unsupported)'),
          );
        } else expect(found).toEqual({ format: whole.format, width: whole.width, height: whole.height });
      }
    }
  });

  it('allows exactly the limit of pixels', () => {
    expect(MAX_IMAGE_PIXELS).toBe(6000 * 4000);
    expect(readImageHeader(pngOf(6000, 4000, { rows: false })).width).toBe(6000);
    expect(() => readImageHeader(pngOf(6000, 4001, { rows: false }))).toThrow(
      refusal('image_too_large', '6000x4001.*24000000'),
    );
    expect(() => readImageHeader(jpegOf([SOF0, frameOf(65_535, 65_535)]))).toThrow(
      refusal('image_too_large'),
    );
    expect(() => readImageHeader(pngOf(0xffffffff, 0xffffffff, { rows: false }))).toThrow(
      refusal('image_too_large'),
    );
    expect(() => readImageHeader(golden('png-rgb.png'), { maxPixels: 61 * 47 - 1 })).toThrow(
      refusal('image_too_large', '2866'),
    );
  });

  it('allows no longer side than a JPEG can have, since a row is in memory whole', () => {
    expect(readImageHeader(pngOf(65_535, 2, { rows: false })).width).toBe(65_535);
    expect(() => readImageHeader(pngOf(65_536, 2, { rows: false }))).toThrow(
      refusal('image_too_large', '65535 along a side'),
    );
  });

  it('allows a WebP as many pixels as its decoder has room for', () => {
    const chunk = (type: string) => concat(latin1(type), Uint8Array.of(1, 0, 0, 0, 0, 0));
    const webp = (width: number, height: number, ...types: string[]) => {
      const bytes = concat(webpOf(width, height), ...types.map(chunk));
      new DataView(bytes.buffer).setUint32(4, bytes.length - 8, true);
      return bytes;
    };
    expect(readImageHeader(webp(3000, 2000, 'VP8 ')).width).toBe(3000);
    for (const large of [
      webp(3000, 2001, 'VP8 '),
      webp(3000, 2000, 'VP8L'),
      webp(3000, 2000, 'ALPH', 'VP8 '),
    ]) {
      expect(() => readImageHeader(large)).toThrow(refusal('image_too_large', 'as a JPEG'));
    }
    expect(readImageHeader(webp(2048, 1536, 'ALPH', 'VP8 ')).width).toBe(2048);
    expect(readImageHeader(webp(2048, 1536, 'VP8L')).width).toBe(2048);
  });

  it.each([
    ['PNG', pngOf(0, 9, { rows: false })],
    ['JPEG whose height comes later', jpegOf([SOF0, frameOf(9, 0)])],
    ['JPEG', jpegOf([SOF0, frameOf(0, 9)])],
  ])('calls a %s without pixels invalid', (_, bytes) => {
    expect(() => readImageHeader(bytes)).toThrow(refusal('image_invalid', 'no pixels'));
  });

  it('calls a JPEG without a frame invalid', () => {
    expect(() => readImageHeader(jpegOf([APP0, [1, 2, 3]]))).toThrow(refusal('image_invalid', 'no picture'));
  });

  it('skips stray and fill bytes, lone markers and the frames of a thumbnail in a JPEG', () => {
    const exif = [...latin1('Exif\0\0'), ...exifOf([]), ...jpegOf([SOF0, frameOf(8, 8)])];
    const plain = jpegOf([APP1, exif], [SOF0, frameOf(40, 30)]);
    const stray = [0x12, 0xff, 0x00, 0x34, 0xff, 0xff, 0x01, 0xff, 0xd0];
    const bytes = Uint8Array.from([...plain.subarray(0, 2), ...stray, ...plain.subarray(2)]);
    expect(readImageHeader(bytes)).toMatchObject({ width: 40, height: 30 });
  });

  it.each([
    ['refused-arithmetic.jpg', 'arithmetic'],
    ['refused-animated.webp', 'animation'],
    ['refused.gif', 'GIF'],
  ])('says what is wrong with %s', (name, reason) => {
    expect(() => readImageHeader(golden(name))).toThrow(refusal('image_unsupported', reason));
  });

  it.each([
    ['lossless JPEG', jpegOf([0xc3, frameOf(8, 8)]), 'lossless'],
    ['12-bit JPEG', jpegOf([0xc1, frameOf(8, 8, { bits: 12 })]), '12 bits'],
    ['JPEG of two channels', jpegOf([SOF0, frameOf(8, 8, { components: 2 })]), '2 colour channels'],
  ])('refuses a %s', (_, bytes, reason) => {
    expect(() => readImageHeader(bytes)).toThrow(refusal('image_unsupported', reason));
  });

  it('comes to an end on a megabyte of what would lead a careless reader in circles', () => {
    const size = 1 << 20;
    const fill = new Uint8Array(size).fill(0xff);
    fill.set([0xff, 0xd8]);
    expect(() => readImageHeader(fill)).toThrow(refusal('image_invalid'));
    const empty = Array.from({ length: size / 12 }, () => pngChunk('tEXt', new Uint8Array(0)));
    expect(readImageHeader(pngOf(3, 2, { rows: false, extra: concat(...empty) })).width).toBe(3);
    const riff = new Uint8Array(size);
    riff.set(golden('webp-orientation-8.webp').subarray(0, 30));
    new DataView(riff.buffer).setUint32(4, size - 8, true);
    expect(readImageHeader(riff)).toMatchObject({ width: 47, height: 61, exif: null });
  });

  it('finds the EXIF block of each format', () => {
    const tag = exifOf([[0x0112, 6]]);
    const jpeg = jpegOf(
      [APP1, [...latin1('http://ns.adobe.com/xap/1.0/\0')]],
      [APP1, [...latin1('Exif\0\0'), ...tag]],
      [SOF0, frameOf(4, 4)],
    );
    expect(readImageHeader(jpeg).exif).toEqual(tag);
    const png = (chunk: Uint8Array) => pngOf(4, 4, { extra: chunk });
    expect(readImageHeader(png(pngChunk('eXIf', tag))).exif).toEqual(tag);
    expect(readImageHeader(golden('webp-orientation-8.webp')).exif?.subarray(0, 2)).toEqual(latin1('MM'));
    expect(readImageHeader(golden('png-rgb.png')).exif).toBeNull();
  });

  it('lets the first frame and the first EXIF block of a JPEG count', () => {
    const exif = (value: number) => [APP1, [...latin1('Exif\0\0'), ...exifOf([[0x0112, value]])]] as const;
    const bytes = jpegOf(exif(6), [SOF0, frameOf(4, 3)], exif(8), [SOF0, frameOf(9, 9)]);
    expect(readImageHeader(bytes)).toEqual({
      format: 'jpeg',
      width: 4,
      height: 3,
      exif: exifOf([[0x0112, 6]]),
    });
  });

  it('finds EXIF in a WebP behind a chunk of odd length, with the prefix that some writers add', () => {
    const still = golden('webp-lossy-alpha.webp').subarray(0, 30);
    const odd = latin1('ABCD\x03\0\0\0xyz\0');
    const tag = exifOf([[0x0112, 6]]);
    const chunk = concat(latin1('EXIF'), Uint8Array.of(tag.length + 6, 0, 0, 0), latin1('Exif\0\0'), tag);
    const bytes = concat(still, odd, chunk);
    new DataView(bytes.buffer).setUint32(4, bytes.length - 8, true);
    expect(readImageHeader(bytes).exif).toEqual(tag);
  });

  it('does not look for EXIF after the image data of a PNG, as browsers do not', () => {
    const chunk = pngChunk('eXIf', exifOf([[0x0112, 6]]));
    const bytes = pngOf(4, 4);
    const late = concat(bytes.subarray(0, bytes.length - 12), chunk, bytes.subarray(bytes.length - 12));
    expect(readImageHeader(late).exif).toBeNull();
  });
});
