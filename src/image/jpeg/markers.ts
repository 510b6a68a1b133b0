// The markers of a JPEG: their codes, and finding the next one.
import { damaged } from '../header.ts';

export const TEM = 0x01;
export const SOF0 = 0xc0;
export const SOF2 = 0xc2;
export const SOF15 = 0xcf;
export const DHT = 0xc4;
export const JPG = 0xc8;
export const DAC = 0xcc;
export const RST0 = 0xd0;
export const EOI = 0xd9;
export const SOS = 0xda;
export const DQT = 0xdb;
export const DRI = 0xdd;
export const APP0 = 0xe0;
export const APP1 = 0xe1;
export const APP14 = 0xee;

/** A marker with its segment, of which some have none. */
export interface Segment {
  readonly marker: number;
  /** What the segment holds, without its length; empty where the marker stands alone. */
  readonly body: Uint8Array;
  /** Behind the segment. */
  readonly next: number;
}

/**
 * The next marker; stray bytes before it are passed over, as other decoders do.
 * @returns its code and where what follows begins
 * @throws AppError `image_invalid` when there is none
 */
export function nextMarker(
  bytes: Uint8Array,
  from: number,
): { readonly marker: number; readonly next: number } {
  let at = bytes.indexOf(0xff, from);
  while (at >= 0) {
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at];
    if (marker === undefined) break;
    if (marker !== 0) return { marker, next: at + 1 };
    at = bytes.indexOf(0xff, at);
  }
  throw damaged('The JPEG ends early.');
}

/** The next marker with its segment. @throws AppError `image_invalid` when it is not there in full */
export function nextSegment(bytes: Uint8Array, from: number): Segment {
  const { marker, next } = nextMarker(bytes, from);
  if (marker === TEM || (marker >= RST0 && marker <= EOI))
    return { marker, body: bytes.subarray(next, next), next };
  const length = ((bytes[next] ?? 0) << 8) | (bytes[next + 1] ?? 0);
  if (length < 2 || next + length > bytes.length) throw damaged('The JPEG ends within its header.');
  return { marker, body: bytes.subarray(next + 2, next + length), next: next + length };
}

/** Whether a marker begins a frame, of whatever kind. */
export function isFrame(marker: number): boolean {
  return marker >= SOF0 && marker <= SOF15 && marker !== DHT && marker !== JPG && marker !== DAC;
}
