import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/contract/errors.ts';
import { decodeJpeg, MAX_SCANS } from '../../../../src/image/jpeg/decode.ts';
import { DHT, DQT, EOI, SOF0, SOS } from '../../../../src/image/jpeg/markers.ts';
import { concat, golden, goldenNames, latin1 } from '../../../support/image-files.ts';

const FILES = goldenNames().filter((name) => name.startsWith('jpeg'));
const refusal = (code: string, reason = '') =>
  expect.objectContaining({ name: 'AppError', code, message: expect.stringMatching(reason) });

/** Where the segment of the first such marker begins and ends. */
function segmentOf(bytes: Uint8Array, marker: number): readonly [from: number, to: number] {
  const from = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === marker);
  return [from, from + 2 + (((bytes[from + 2] ?? 0) << 8) | (bytes[from + 3] ?? 0))];
}

/** The file with what is between two places replaced. */
function spliced(bytes: Uint8Array, from: number, to: number, middle: readonly number[] = []): Uint8Array {
  return concat(bytes.subarray(0, from), Uint8Array.from(middle), bytes.subarray(to));
}

describe('decodeJpeg', () => {
  it('gives any region of any file as it is in the whole picture, at every scale', () => {
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.constantFrom(...FILES),
        fc.constantFrom(1, 2, 4, 8),
        fc.tuple(part, part, part, part),
        (name, scale, [a, b, c, d]) => {
          const whole = decodeJpeg(golden(name), { scale });
          const x = Math.floor(a * (whole.width - 1));
          const y = Math.floor(b * (whole.height - 1));
          const width = 1 + Math.floor(c * (whole.width - x - 1));
          const height = 1 + Math.floor(d * (whole.height - y - 1));
          const found = decodeJpeg(golden(name), { scale, region: { x, y, width, height } });
          const rows = Array.from({ length: height }, (_, i) => {
            const at = ((y + i) * whole.width + x) * 4;
            return new Uint8Array(whole.data.subarray(at, at + width * 4));
          });
          expect(found).toEqual({ width, height, data: concat(...rows) });
        },
      ),
      { numRuns: 400 },
    );
  });

  it('finds every file incomplete when it is cut off anywhere', () => {
    for (const name of FILES.filter((file) => !file.includes('photo'))) {
      const bytes = golden(name);
      for (let length = 2; length < bytes.length; length += 7) {
        expect(() => decodeJpeg(bytes.subarray(0, length)), `${name} ${length}`).toThrow(
          refusal('image_invalid'),
        );
      }
    }
  });

  it('takes a quantisation table that changes between scans as it was at the first one', () => {
    const bytes = golden('jpeg-progressive-420.jpg');
    const [from, to] = segmentOf(bytes, DQT);
    const table = bytes.slice(from, to).map((byte, i) => (i < 5 ? byte : 1));
    const [, end] = segmentOf(bytes, SOS);
    const second = end + segmentOf(bytes.subarray(end), DHT)[0];
    expect(decodeJpeg(spliced(bytes, second, second, [...table]))).toEqual(decodeJpeg(bytes));
  });

  it('reads three channels as RGB when Adobe says so or they are called so, and not when JFIF is there', () => {
    const adobe = [0xff, 0xee, 0, 14, ...latin1('Adobe'), 0, 100, 0, 0, 0, 0, 0];
    const plain = golden('jpeg-baseline-444.jpg');
    const [from, to] = segmentOf(plain, 0xe0);
    const asYcc = decodeJpeg(plain);
    expect(decodeJpeg(spliced(plain, from, to))).toEqual(asYcc);
    expect(decodeJpeg(spliced(plain, to, to, adobe))).toEqual(asYcc);
    expect(decodeJpeg(spliced(plain, from, to, adobe))).not.toEqual(asYcc);
  });

  const bytes = golden('jpeg-baseline-420.jpg');
  const frame = segmentOf(bytes, SOF0);
  it.each([
    ['two frames', spliced(bytes, frame[1], frame[1], [...bytes.subarray(...frame)]), 'two frames'],
    ['no frame', spliced(bytes, ...frame), 'no frame'],
    ['no Huffman table', spliced(bytes, ...segmentOf(bytes, DHT)), 'Huffman table'],
    ['no quantisation table', spliced(bytes, ...segmentOf(bytes, DQT)), 'quantisation table'],
    [
      'a scan of an unknown channel',
      spliced(bytes, segmentOf(bytes, SOS)[0] + 5, segmentOf(bytes, SOS)[0] + 6, [9]),
      'known channel',
    ],
    ['a sampling factor of 0', spliced(bytes, frame[0] + 11, frame[0] + 12, [0x02]), 'frame header'],
    [
      'too many Huffman codes',
      spliced(bytes, segmentOf(bytes, DHT)[0] + 5, segmentOf(bytes, DHT)[0] + 6, [3]),
      'Huffman table',
    ],
  ])('calls a JPEG with %s invalid', (_, damaged, reason) => {
    expect(() => decodeJpeg(damaged)).toThrow(refusal('image_invalid', reason));
  });

  it('calls one invalid whose channel has no scan', () => {
    const separate = golden('jpeg-separate-scans.jpg');
    const last = Buffer.from(separate).lastIndexOf('\xff\xda', undefined, 'latin1');
    expect(() => decodeJpeg(spliced(separate, last, separate.length, [0xff, EOI]))).toThrow(
      refusal('image_invalid', 'channel'),
    );
  });

  it(`refuses more than ${MAX_SCANS} passes, and does not count what follows the end`, () => {
    const progressive = golden('jpeg-progressive-gray.jpg');
    const [from] = segmentOf(progressive, SOS);
    // A pass that brings nothing: coefficients 1 to 63, down to bit 0, each block at its end.
    const dht = [0xff, DHT, 0, 20, 0x10, 1, ...new Array<number>(15).fill(0), 0];
    const blocks = Math.ceil(61 / 8) * Math.ceil(47 / 8);
    const sos = [0xff, SOS, 0, 8, 1, 1, 0, 1, 63, 0, ...new Array<number>(blocks / 8).fill(0)];
    const passes = (n: number) =>
      concat(
        progressive.subarray(0, from),
        ...Array.from({ length: n }, () => Uint8Array.from([...dht, ...sos])),
      );
    expect(() => decodeJpeg(concat(passes(MAX_SCANS + 1)))).toThrow(refusal('image_unsupported', 'passes'));
    const end = Uint8Array.from([0xff, EOI]);
    expect(decodeJpeg(concat(passes(MAX_SCANS), end, passes(MAX_SCANS))).width).toBe(61);
  });

  it('gives pixels or a typed refusal for any damage, at any scale', () => {
    const change = fc.tuple(fc.double({ min: 0, max: 0.9999, noNaN: true }), fc.nat(255));
    const damage = fc.array(change, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.constantFrom(...FILES), damage, fc.constantFrom(1, 2, 4, 8), (name, changes, scale) => {
        const file = golden(name);
        for (const [at, value] of changes) file[Math.floor(at * file.length)] = value;
        // A damaged size could ask for gigabytes: the header is read and refused before.
        const [at] = segmentOf(golden(name), name.includes('progressive') ? 0xc2 : SOF0);
        file.set(golden(name).subarray(at, at + 9), at);
        try {
          decodeJpeg(file, { scale });
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
        }
      }),
      { numRuns: 1500 },
    );
  });
});
