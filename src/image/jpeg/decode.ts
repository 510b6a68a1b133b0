// A JPEG -> pixels of a region of it, at full size or reduced 2, 4 or 8 times along each side. Sequential JPEGs never
// lie in memory whole: only the samples of the region do, and for progressive ones the coefficients that these need.
// What reads the header (../jpeg-header.ts) has refused the kinds that this cannot decode.
import { damaged, hasText, unsupported } from '../header.ts';
import type { Pixels, Rectangle } from '../pixels.ts';
import { Coefficients } from './coefficients.ts';
import { type AdobeTransform, colourSpaceOf, convertRow } from './colour.ts';
import { type Frame, readFrame, type Scale } from './frame.ts';
import { APP0, APP14, DHT, DQT, DRI, EOI, isFrame, nextSegment, SOS } from './markers.ts';
import { type Plane, planesOf } from './planes.ts';
import { progressiveDecoder } from './progressive.ts';
import { readScan, walkScan } from './scan.ts';
import { sequentialDecoder } from './sequential.ts';
import { readHuffmanTables, readQuantisationTables, type Tables } from './tables.ts';
import { upsampler } from './upsample.ts';

/**
 * The most scans (passes over the picture) that are decoded. Encoders write at most about 20; a hostile file can ask
 * for many thousand, of a few bytes each, and every one costs a walk over all blocks.
 */
export const MAX_SCANS = 100;

export interface JpegOptions {
  /** How many times smaller along each side; sizes are rounded up. */
  readonly scale?: Scale;
  /** What to decode, px of the reduced picture, within it; everything when not given. */
  readonly region?: Rectangle;
}

/**
 * Decodes a Huffman-coded JPEG of 8 bit: grey, RGB, YCbCr, CMYK or YCCK. The samples are, to the bit, those of
 * libjpeg-turbo with its accurate integer DCT and fancy upsampling, at any of the scales.
 * @param bytes beginning with the start-of-image marker
 * @returns opaque pixels of the region
 * @throws AppError `image_invalid`, `image_unsupported`
 * @see ITU-T T.81
 */
export function decodeJpeg(bytes: Uint8Array, { scale = 1, region }: JpegOptions = {}): Pixels {
  const tables: Tables = { dc: [], ac: [], steps: [] };
  let picture: Picture | undefined;
  let hasJfif = false;
  let adobe: AdobeTransform;
  let interval = 0;
  let scans = 0;
  for (let at = 2; ; ) {
    const { marker, body, next } = nextSegment(bytes, at);
    at = next;
    if (marker === EOI) break;
    if (marker === DHT) readHuffmanTables(body, tables);
    else if (marker === DQT) readQuantisationTables(body, tables);
    else if (marker === DRI) interval = ((body[0] ?? 0) << 8) | (body[1] ?? 0);
    else if (marker === APP0) hasJfif ||= hasText(body, 0, 'JFIF\0');
    else if (marker === APP14 && hasText(body, 0, 'Adobe')) adobe = body[11];
    else if (isFrame(marker)) {
      if (picture !== undefined) throw damaged('The JPEG has two frames.');
      picture = new Picture(readFrame(marker, body, scale), region);
    } else if (marker === SOS) {
      if (picture === undefined) throw damaged('The JPEG has no frame header.');
      if (++scans > MAX_SCANS) throw unsupported(`This JPEG is stored in more than ${MAX_SCANS} passes.`);
      at = picture.scan(bytes, at, body, tables, interval);
    }
  }
  if (picture === undefined) throw damaged('The JPEG has no picture in it.');
  return picture.finish(hasJfif, adobe);
}

/** The picture as far as the scans so far have brought it. */
class Picture {
  readonly #frame: Frame;
  readonly #region: Rectangle;
  readonly #planes: readonly Plane[];
  readonly #coefficients: readonly Coefficients[];
  /** Of each component, from its first scan on: later tables are not for it. */
  readonly #steps: (Uint16Array | undefined)[] = [];

  constructor(frame: Frame, region: Rectangle = { x: 0, y: 0, width: frame.width, height: frame.height }) {
    this.#frame = frame;
    this.#region = region;
    this.#planes = planesOf(frame, region);
    this.#coefficients = frame.progressive
      ? this.#planes.flatMap((plane, i) => {
          const component = frame.components[i];
          return component === undefined ? [] : [new Coefficients(frame, component, plane)];
        })
      : [];
  }

  /** @returns where the scan's data ends, or a little before */
  scan(bytes: Uint8Array, at: number, header: Uint8Array, tables: Tables, interval: number): number {
    const scan = readScan(header, this.#frame, tables);
    for (const { index, steps } of scan.parts) this.#steps[index] ??= steps;
    const decoder = this.#frame.progressive
      ? progressiveDecoder(this.#coefficients, scan)
      : sequentialDecoder(this.#planes);
    return walkScan(bytes, at, this.#frame, scan, interval, decoder);
  }

  finish(hasJfif: boolean, adobe: AdobeTransform): Pixels {
    const { components } = this.#frame;
    components.forEach((_, i) => {
      const steps = this.#steps[i];
      if (steps === undefined) throw damaged('The JPEG is incomplete: a colour channel is missing.');
      this.#coefficients[i]?.toSamples(steps);
    });
    const region = this.#region;
    const { width, height } = region;
    const rows = components.map(() => new Uint8Array(width));
    const channels = components.flatMap((component, i) => {
      const plane = this.#planes[i];
      return plane === undefined ? [] : [upsampler(this.#frame, component, plane, region)];
    });
    const space = colourSpaceOf(
      components.map(({ id }) => id),
      hasJfif,
      adobe,
    );
    const data = new Uint8Array(width * height * 4);
    for (let y = 0; y < height; y++) {
      channels.forEach((rowOf, i) => {
        const row = rows[i];
        if (row !== undefined) rowOf(region.y + y, row);
      });
      convertRow(space, rows, adobe !== undefined, data.subarray(y * width * 4, (y + 1) * width * 4));
    }
    return { width, height, data };
  }
}
