// What is sent of a picture: the file as it is, or, for a photo, a smaller copy that the browser draws. The copy has
// no metadata, so the place and time of a photo stay here. Pictures in other formats are sent as such a copy too.
import { AppError } from '../src/contract/errors.ts';
import type { ImageHeader } from '../src/image/header.ts';
import { readImageHeader } from '../src/image/sniff.ts';

/** Longest side that is sent, px: several times what any trunk reads. */
export const MAX_SENT_SIDE = 1024;
const JPEG_QUALITY = 0.92;

/** A picture ready to be sent. */
export interface PreparedImage {
  readonly body: Blob;
  /** px, as sent. */
  readonly width: number;
  readonly height: number;
  /** px of the original where a smaller copy is sent; null where the size stayed. */
  readonly shrunkFrom: { readonly width: number; readonly height: number } | null;
  /** Whether `body` is a copy without metadata, and not the file itself. */
  readonly redrawn: boolean;
}

/**
 * Decides what is sent of a file.
 * @throws AppError `image_unsupported` or `image_invalid` when neither the server nor this browser can read it
 */
export async function prepareImage(file: Blob): Promise<PreparedImage> {
  let header: ImageHeader;
  try {
    header = readImageHeader(new Uint8Array(await file.arrayBuffer()), {
      maxPixels: Number.POSITIVE_INFINITY,
    });
  } catch (cause) {
    // A format that the server cannot read, but perhaps the browser: HEIC on an iPhone, AVIF, GIF.
    return redraw(file, cause);
  }
  const { width, height, exif, format } = header;
  if (exif === null && Math.max(width, height) <= MAX_SENT_SIDE)
    return {
      body: new Blob([file], { type: `image/${format}` }),
      width,
      height,
      shrunkFrom: null,
      redrawn: false,
    };
  return redraw(file, undefined);
}

async function redraw(file: Blob, refusal: unknown): Promise<PreparedImage> {
  // Applies the EXIF orientation.
  const bitmap = await createImageBitmap(file).catch((cause: unknown) => {
    throw refusal instanceof AppError ? refusal : unreadable(cause);
  });
  try {
    const scale = Math.min(1, MAX_SENT_SIDE / Math.max(bitmap.width, bitmap.height));
    const width = Math.max(1, Math.round(bitmap.width * scale));
    const height = Math.max(1, Math.round(bitmap.height * scale));
    return {
      body: await drawJpeg(bitmap, width, height),
      width,
      height,
      shrunkFrom: scale < 1 ? { width: bitmap.width, height: bitmap.height } : null,
      redrawn: true,
    };
  } finally {
    bitmap.close();
  }
}

async function drawJpeg(bitmap: ImageBitmap, width: number, height: number): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw unreadable();
  // As the server does: what is transparent lies over white.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', JPEG_QUALITY));
  if (blob === null) throw unreadable();
  return blob;
}

function unreadable(cause?: unknown): AppError {
  return new AppError('image_invalid', {
    detail:
      'This browser could not read the picture. It may be damaged: try another, or save it again as a JPEG.',
    cause,
  });
}
