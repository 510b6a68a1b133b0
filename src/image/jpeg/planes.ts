// Samples of a JPEG's channels, of as much of the picture as is wanted.
import type { Rectangle } from '../pixels.ts';
import type { Component, Frame } from './frame.ts';
import { type BlockSize, inverseDct } from './idct.ts';

/** A channel's samples. Blocks outside what is kept are left out. */
export class Plane {
  /** Samples along one side of a block. */
  readonly size: BlockSize;
  /** The first block that is kept. */
  readonly left: number;
  readonly top: number;
  /** Blocks that are kept. */
  readonly across: number;
  readonly down: number;
  readonly stride: number;
  readonly samples: Uint8Array;

  constructor(
    size: BlockSize,
    blocks: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number },
  ) {
    this.size = size;
    this.left = blocks.left;
    this.top = blocks.top;
    this.across = blocks.right - blocks.left;
    this.down = blocks.bottom - blocks.top;
    this.stride = this.across * size;
    this.samples = new Uint8Array(this.stride * this.down * size);
  }

  /** The number of a block among those kept, or -1. */
  indexOf(x: number, y: number): number {
    const column = x - this.left;
    const row = y - this.top;
    return column >= 0 && column < this.across && row >= 0 && row < this.down
      ? row * this.across + column
      : -1;
  }

  /**
   * Turns a block into samples.
   * @param index among those kept
   * @param block dequantised coefficients, [8,8]
   */
  put(index: number, block: Int32Array): void {
    const row = Math.floor(index / this.across);
    const column = index - row * this.across;
    inverseDct(this.size, block, this.samples, (row * this.stride + column) * this.size, this.stride);
  }
}

/**
 * Room for what has to be decoded to get `region`: its MCUs and those around it, of which enlarging a channel needs a
 * sample.
 * @param region px, as decoded; within the frame
 */
export function planesOf(frame: Frame, region: Rectangle): readonly Plane[] {
  const width = frame.h * frame.block;
  const height = frame.v * frame.block;
  const left = Math.max(0, Math.floor(region.x / width) - 1);
  const top = Math.max(0, Math.floor(region.y / height) - 1);
  const right = Math.min(frame.across, Math.ceil((region.x + region.width) / width) + 1);
  const bottom = Math.min(frame.down, Math.ceil((region.y + region.height) / height) + 1);
  return frame.components.map(
    ({ block, h, v }: Component) =>
      new Plane(block, { left: left * h, top: top * v, right: right * h, bottom: bottom * v }),
  );
}
