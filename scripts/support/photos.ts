// Photos of any size, made up and encoded as phones and programs do: for tests and benchmarks that need large ones.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { crc32, deflateSync } from 'node:zlib';
import encodeJpeg, { init as initJpeg } from '@jsquash/jpeg/encode.js';
import encodeWebp, { init as initWebp } from '@jsquash/webp/encode.js';

/** How a photo is stored. */
export type PhotoKind =
  | 'JPEG'
  | 'JPEG 4:4:4'
  | 'JPEG progressive'
  | 'JPEG progressive 4:4:4'
  | 'PNG'
  | 'WebP'
  | 'WebP lossless';

const { resolve } = createRequire(import.meta.url);

/**
 * Makes and encodes a photo: shapes with soft and sharp edges, and noise as of a sensor; the same at each call.
 * @param width px
 * @param height px
 */
export async function makePhoto(
  kind: PhotoKind,
  width: number,
  height: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (kind === 'PNG') return encodePng(draw(width, height), width, height);
  // Only the bytes and the size of an ImageData are read.
  const image = { width, height, data: draw(width, height), colorSpace: 'srgb' as const };
  if (kind.startsWith('WebP')) {
    await initWebp(await encoder('@jsquash/webp/codec/enc/webp_enc_simd.wasm'));
    const lossless = kind === 'WebP lossless' ? { lossless: 1, method: 0, quality: 0 } : { quality: 85 };
    return new Uint8Array(await encodeWebp(image, lossless));
  }
  await initJpeg(await encoder('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm'));
  const progressive = kind.includes('progressive');
  const subsampling = kind.endsWith('4:4:4') ? 1 : 2;
  return new Uint8Array(
    await encodeJpeg(image, {
      quality: 85,
      progressive,
      baseline: !progressive,
      auto_subsample: false,
      chroma_subsample: subsampling,
      trellis_multipass: false,
    }),
  );
}

async function encoder(
  wasm: string,
): Promise<{ readonly noInitialRun: true; readonly wasmBinary: ArrayBuffer }> {
  return { noInitialRun: true, wasmBinary: new Uint8Array(await readFile(resolve(wasm))).buffer };
}

/** RGBA. */
function draw(width: number, height: number): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(width * height * 4);
  let noise = 1;
  for (let y = 0, k = 0; y < height; y++) {
    const v = y / height - 0.5;
    for (let x = 0; x < width; x++, k += 4) {
      const u = x / width - 0.5;
      const inside = u * u + v * v < 0.06 ? 70 : 0;
      const stripes = 30 * Math.sin(60 * u) * Math.sin(45 * v);
      noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0;
      const grain = (noise >>> 28) - 8;
      data[k] = 150 + 120 * u + inside + grain;
      data[k + 1] = 110 - 90 * v + stripes + grain;
      data[k + 2] = 120 + 100 * u * v - inside + grain;
      data[k + 3] = 255;
    }
  }
  return data;
}

/** 8-bit RGB, every row filtered by the one above. */
function encodePng(rgba: Uint8ClampedArray, width: number, height: number): Uint8Array<ArrayBuffer> {
  const line = 1 + width * 3;
  const lines = new Uint8Array(line * height);
  for (let y = 0; y < height; y++) {
    lines[y * line] = 2;
    for (let i = 0; i < width * 3; i++) {
      const at = (y * width + Math.floor(i / 3)) * 4 + (i % 3);
      lines[y * line + 1 + i] = (rgba[at] ?? 0) - (y === 0 ? 0 : (rgba[at - width * 4] ?? 0));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const image = deflateSync(lines, { level: 1 });
  const parts = [signature, chunk('IHDR', header), chunk('IDAT', image), chunk('IEND', Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat(parts));
}

function chunk(type: string, data: Uint8Array): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, checksum]);
}
