// A row of a JPEG's channels -> a row of RGBA. The conversion from YCbCr is libjpeg's (jdcolor.c), to the bit.

/** How the channels are to be read. */
export type ColourSpace = 'grey' | 'rgb' | 'ycc' | 'cmyk' | 'ycck';

/** What Adobe's marker says, when there is one: 0 no transform, 1 YCbCr, 2 YCCK. */
export type AdobeTransform = number | undefined;

/**
 * How the channels are to be read, by the rules of libjpeg (default_decompress_parms).
 * @param ids of the components
 */
export function colourSpaceOf(ids: readonly number[], hasJfif: boolean, adobe: AdobeTransform): ColourSpace {
  if (ids.length === 1) return 'grey';
  if (ids.length === 4) return adobe === 2 ? 'ycck' : 'cmyk';
  if (hasJfif) return 'ycc';
  if (adobe !== undefined) return adobe === 0 ? 'rgb' : 'ycc';
  return String.fromCharCode(...ids) === 'RGB' ? 'rgb' : 'ycc';
}

/** A scaled fraction with 16 bits. */
const fix = (x: number): number => Math.floor(x * 65536 + 0.5);
const CR_R = fix(1.402);
const CB_B = fix(1.772);
const CR_G = fix(0.71414);
const CB_G = fix(0.34414);
const HALF = 32768;

/**
 * @param rows a row of each channel
 * @param inverted whether the inks of `cmyk` and `ycck` are stored the way Adobe does, 255 for none
 * @param out RGBA
 */
export function convertRow(
  space: ColourSpace,
  rows: readonly Uint8Array[],
  inverted: boolean,
  out: Uint8Array,
): void {
  const [a, b, c, d] = rows;
  if (a === undefined) return;
  if (b === undefined || c === undefined) convertGrey(a, out);
  else if (space === 'ycc' || space === 'ycck') convertYcc(a, b, c, out);
  else convertRgb(a, b, c, out);
  if (d !== undefined) mixInk(d, { inverted, complement: space === 'ycck' }, out);
}

function convertGrey(grey: Uint8Array, out: Uint8Array): void {
  for (let i = 0, k = 0; i < grey.length; i++, k += 4) {
    const value = grey[i] ?? 0;
    out[k] = value;
    out[k + 1] = value;
    out[k + 2] = value;
    out[k + 3] = 255;
  }
}

function convertRgb(r: Uint8Array, g: Uint8Array, b: Uint8Array, out: Uint8Array): void {
  for (let i = 0, k = 0; i < r.length; i++, k += 4) {
    out[k] = r[i] ?? 0;
    out[k + 1] = g[i] ?? 0;
    out[k + 2] = b[i] ?? 0;
    out[k + 3] = 255;
  }
}

function convertYcc(y: Uint8Array, cb: Uint8Array, cr: Uint8Array, out: Uint8Array): void {
  for (let i = 0, k = 0; i < y.length; i++, k += 4) {
    const light = y[i] ?? 0;
    const blue = (cb[i] ?? 0) - 128;
    const red = (cr[i] ?? 0) - 128;
    out[k] = clamp(light + ((CR_R * red + HALF) >> 16));
    out[k + 1] = clamp(light + ((-CB_G * blue - CR_G * red + HALF) >> 16));
    out[k + 2] = clamp(light + ((CB_B * blue + HALF) >> 16));
    out[k + 3] = 255;
  }
}

function clamp(x: number): number {
  return Math.max(0, Math.min(x, 255));
}

/** Cyan, magenta and yellow, which stand in the place of red, green and blue, and black -> light, in place. */
function mixInk(
  black: Uint8Array,
  { inverted, complement }: { readonly inverted: boolean; readonly complement: boolean },
  out: Uint8Array,
): void {
  // YCCK holds the complements of the inks as YCbCr.
  const flip = complement === inverted ? 255 : 0;
  for (let i = 0, k = 0; i < black.length; i++, k += 4) {
    const light = inverted ? (black[i] ?? 0) : 255 - (black[i] ?? 0);
    for (let c = k; c < k + 3; c++) out[c] = Math.floor((((out[c] ?? 0) ^ flip) * light + 127) / 255);
  }
}
