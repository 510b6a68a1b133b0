// What crosses the borders of a room instead of a tensor: flat floats with a shape.

/** Row-major floats with a shape; axes n batch, h w c image, d feature, k class. */
export interface NdArray {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}
