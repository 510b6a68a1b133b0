// A file or a frame of the camera as it is stored: a small JPEG, PNG or WebP stays as it is, to the byte, unless it has
// metadata; everything else is redrawn smaller, upright and without the place and the time it was taken. In a Web Worker.
import { AppError } from '../../src/contract/errors.ts';
import type { ImageHeader } from '../../src/image/header.ts';
import { readImageHeader } from '../../src/image/sniff.ts';
import type { Frame, PreparedPhoto } from './trainer.ts';

/** Longest side of a file that is kept as it is, px. */
const MAX_KEPT_SIDE = 1024;
/** Largest file that is kept as it is, bytes. */
const MAX_KEPT_BYTES = 512 * 1024;
/** Shorter side of a redrawn photo, px: twice the largest input of the default trunk. */
const REDRAWN_SIDE = 448;
/** Longest side of a redrawn photo, as a multiple of the shorter: only the centre square is ever looked at. */
const MAX_ASPECT = 3;
const JPEG_QUALITY = 0.9;

/**
 * @throws AppError `image_unsupported` or `image_invalid` when neither this code nor this browser can read it
 */
export async function prepareFile(file: Blob): Promise<PreparedPhoto> {
  const data = await file.arrayBuffer().catch((cause: unknown) => {
    throw unreadable(cause);
  });
  let header: ImageHeader;
  try {
    header = readImageHeader(new Uint8Array(data), { maxPixels: Number.POSITIVE_INFINITY });
  } catch (cause) {
    // A format that only some browsers read: HEIC on an iPhone, AVIF, GIF.
    return redraw(file, cause);
  }
  const { width, height, exif, format } = header;
  const small = Math.max(width, height) <= MAX_KEPT_SIDE && data.byteLength <= MAX_KEPT_BYTES;
  if (exif === null && small) return { type: `image/${format}`, data, width, height };
  return redraw(file, undefined);
}

/** The centre square of a frame; closes it. */
export async function prepareFrame(frame: Frame): Promise<PreparedPhoto> {
  try {
    return await encode(drawSquare(frame, REDRAWN_SIDE));
  } finally {
    frame.close();
  }
}

/** Draws the centre square of a frame, at most `side` px. */
export function drawSquare(frame: Frame, side: number): OffscreenCanvas {
  const [width, height] =
    'displayWidth' in frame ? [frame.displayWidth, frame.displayHeight] : [frame.width, frame.height];
  const square = Math.min(width, height);
  const size = Math.min(square, side);
  return draw(frame, {
    ...{ x: (width - square) / 2, y: (height - square) / 2, w: square, h: square },
    ...{ width: size, height: size },
  });
}

async function redraw(file: Blob, refusal: unknown): Promise<PreparedPhoto> {
  // Applies the EXIF orientation.
  const bitmap = await createImageBitmap(file).catch((cause: unknown) => {
    throw refusal instanceof AppError ? refusal : unreadable(cause);
  });
  try {
    const short = Math.min(bitmap.width, bitmap.height);
    const [w, h] = [Math.min(bitmap.width, short * MAX_ASPECT), Math.min(bitmap.height, short * MAX_ASPECT)];
    const scale = Math.min(1, REDRAWN_SIDE / short);
    return await encode(
      draw(bitmap, {
        ...{ x: (bitmap.width - w) / 2, y: (bitmap.height - h) / 2, w, h },
        ...{ width: Math.max(1, Math.round(w * scale)), height: Math.max(1, Math.round(h * scale)) },
      }),
    );
  } finally {
    bitmap.close();
  }
}

interface Part {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly width: number;
  readonly height: number;
}

function draw(picture: Frame, { x, y, w, h, width, height }: Part): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  if (context === null) throw unreadable();
  // As the decoder does: what is transparent lies over white.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, x, y, w, h, 0, 0, width, height);
  return canvas;
}

async function encode(canvas: OffscreenCanvas): Promise<PreparedPhoto> {
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: JPEG_QUALITY });
  const { width, height } = canvas;
  return { type: 'image/jpeg', data: await blob.arrayBuffer(), width, height };
}

function unreadable(cause?: unknown): AppError {
  return new AppError('image_invalid', {
    detail:
      'This browser could not read the picture. It may be damaged: try another, or save it again as a JPEG.',
    cause,
  });
}
