// A channel's samples at the size of the picture: rows of them, smoothed between samples the way libjpeg does
// ("fancy upsampling", jdsample.c), to the bit.
import type { Rectangle } from '../pixels.ts';
import type { Component, Frame } from './frame.ts';
import type { Plane } from './planes.ts';

/** Writes row `y` of the picture, from the region's left on, into `out`. */
export type RowOf = (y: number, out: Uint8Array) => void;

/** @param region px of the decoded picture that rows are taken from */
export function upsampler(frame: Frame, component: Component, plane: Plane, region: Rectangle): RowOf {
  const across = (frame.h * frame.block) / (component.h * component.block);
  const down = (frame.v * frame.block) / (component.v * component.block);
  const smooth = frame.block > 1;
  if (smooth && across === 1 && down === 2) return smoothDown(component, plane, region);
  if (smooth && across === 2 && down <= 2 && component.width > 2) {
    return smoothAcross(component, plane, region, down);
  }
  return repeated(plane, region, across, down);
}

function repeated(
  { samples, stride, size, left, top }: Plane,
  region: Rectangle,
  across: number,
  down: number,
): RowOf {
  return (y, out) => {
    const row = (Math.floor(y / down) - top * size) * stride - left * size;
    if (across === 1) {
      out.set(samples.subarray(row + region.x, row + region.x + region.width));
      return;
    }
    for (let i = 0; i < region.width; i++) out[i] = samples[row + Math.floor((region.x + i) / across)] ?? 0;
  };
}

/** The nearest row of samples and the next one on the other side, as offsets in the plane. */
function rowsOf(
  { stride, size, top, down }: Plane,
  height: number,
  y: number,
): readonly [near: number, far: number] {
  const near = y >> 1;
  const far = (y & 1) === 0 ? near - 1 : near + 1;
  const last = Math.min(height, (top + down) * size) - 1;
  const offset = (row: number) => (Math.min(Math.max(row, top * size), last) - top * size) * stride;
  return [offset(near), offset(far)];
}

function smoothDown({ height }: Component, plane: Plane, region: Rectangle): RowOf {
  const { samples } = plane;
  const from = region.x - plane.left * plane.size;
  return (y, out) => {
    const [near, far] = rowsOf(plane, height, y);
    const bias = (y & 1) === 0 ? 1 : 2;
    for (let i = 0; i < region.width; i++) {
      out[i] = (3 * (samples[near + from + i] ?? 0) + (samples[far + from + i] ?? 0) + bias) >> 2;
    }
  };
}

function smoothAcross({ width, height }: Component, plane: Plane, region: Rectangle, down: number): RowOf {
  const { samples, stride } = plane;
  const origin = plane.left * plane.size;
  const count = Math.min(width - origin, stride);
  const sums = new Int32Array(count);
  const doubled = new Uint8Array(2 * count);
  const from = region.x - 2 * origin;
  const [even, odd, shift] = down === 1 ? [1, 2, 2] : [8, 7, 4];
  return (y, out) => {
    if (down === 1) {
      const row = (y - plane.top * plane.size) * stride;
      for (let i = 0; i < count; i++) sums[i] = samples[row + i] ?? 0;
    } else {
      const [near, far] = rowsOf(plane, height, y);
      for (let i = 0; i < count; i++) sums[i] = 3 * (samples[near + i] ?? 0) + (samples[far + i] ?? 0);
    }
    let left = sums[0] ?? 0;
    let middle = left;
    for (let i = 0; i < count; i++) {
      const right = i + 1 < count ? (sums[i + 1] ?? 0) : middle;
      doubled[2 * i] = (3 * middle + left + even) >> shift;
      doubled[2 * i + 1] = (3 * middle + right + odd) >> shift;
      left = middle;
      middle = right;
    }
    out.set(doubled.subarray(from, from + region.width));
  };
}
