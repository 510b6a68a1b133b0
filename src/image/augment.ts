// Light augmentation of a training photo: mirrored, cropped, in other colours. Plain arrays and a given source of
// chance, so that the same numbers come on every platform. Range and size are the trunk's; nothing is resampled.
import { AppError } from '../contract/errors.ts';

/** How much larger than the trunk's input the picture is that a crop is taken from. */
export const CROP_MARGIN = 1.15;

/** Largest change of brightness as a share of the range, and of contrast and saturation as a factor around 1. */
const BRIGHTNESS = 0.08;
const CONTRAST = 0.15;
const SATURATION = 0.25;

/** Side of the picture to crop from, px, for an input of `size` px. */
export function sideToCrop(size: number): number {
  return Math.round(size * CROP_MARGIN);
}

/**
 * A variant of a picture: a square of it at a random place, mirrored left to right half of the time, brighter or
 * darker, with more or less contrast about the middle of the range, and more or less colourful; clipped to the range.
 * @param picture [side,side,3] in `range`
 * @param size of the square, px, at most `side`
 * @param rng numbers in [0,1); six are taken
 * @returns [size,size,3] in `range`
 * @throws AppError `shape_mismatch` when the picture is smaller than the square
 */
export function augment(
  picture: Float32Array,
  {
    size,
    range: [low, high],
  }: { readonly size: number; readonly range: readonly [low: number, high: number] },
  rng: () => number,
): Float32Array {
  const side = Math.round(Math.sqrt(picture.length / 3));
  if (side * side * 3 !== picture.length || side < size)
    throw new AppError('shape_mismatch', {
      detail: `${picture.length} values are no square picture from which ${size}x${size} px could be cropped.`,
    });
  const left = Math.floor(rng() * (side - size + 1));
  const top = Math.floor(rng() * (side - size + 1));
  const mirrored = rng() < 0.5;
  const around = (most: number) => (2 * rng() - 1) * most;
  const shift = around(BRIGHTNESS) * (high - low);
  const contrast = 1 + around(CONTRAST);
  const saturation = 1 + around(SATURATION);
  const middle = (low + high) / 2;
  const [least, most] = [Math.min(low, high), Math.max(low, high)];
  const out = new Float32Array(size * size * 3);
  let at = 0;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const from = ((top + y) * side + left + (mirrored ? size - 1 - x : x)) * 3;
      const [r = 0, g = 0, b = 0] = picture.subarray(from, from + 3);
      const grey = (r + g + b) / 3;
      for (const value of [r, g, b]) {
        const coloured = grey + (value - grey) * saturation;
        out[at++] = Math.min(most, Math.max(least, middle + (coloured - middle) * contrast + shift));
      }
    }
  return out;
}
