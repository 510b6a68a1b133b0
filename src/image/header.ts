// What an encoded image says of itself before it is decoded, and the small readers that the formats share.
// Reading is bounded by the length of the bytes and allocates nothing of the size that a header claims.
import { AppError } from '../contract/errors.ts';

/** The formats that can be decoded. */
export type ImageFormat = 'jpeg' | 'png' | 'webp';

/** The header of an encoded image. */
export interface ImageHeader {
  readonly format: ImageFormat;
  /** px, as stored: before EXIF orientation */
  readonly width: number;
  /** px, as stored: before EXIF orientation */
  readonly height: number;
  /** The most pixels that an image of this kind may have; the contract's limit if not given. */
  readonly maxPixels?: number;
  /** The EXIF block, which begins with its TIFF header, when there is one; a view of the image's bytes. */
  readonly exif: Uint8Array | null;
}

/** The error for bytes that are damaged or incomplete: `image_invalid`. */
export function damaged(what: string, cause?: unknown): AppError {
  return new AppError('image_invalid', {
    detail: `${what} Send the original file again, or export the picture as a new JPEG or PNG.`,
    cause,
  });
}

/** The error for an image of a kind that is not decoded: `image_unsupported`. */
export function unsupported(what: string): AppError {
  return new AppError('image_unsupported', {
    detail: `${what} Send it as an RGB JPEG, a PNG or a still WebP.`,
  });
}

/** Whether the bytes at `at` are the ASCII codes of `text`. */
export function hasText(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** A DataView of exactly these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** `exif` without the `Exif\0\0` that JPEG demands before the TIFF header and some WebP writers add. */
export function withoutExifPrefix(exif: Uint8Array): Uint8Array {
  return hasText(exif, 0, 'Exif\0') ? exif.subarray(6) : exif;
}
