// The value that every decoder yields and preprocessing takes, and what part of an image is meant.

/** 8-bit RGBA, row-major from the top left, as the image is meant to be seen (EXIF orientation applied). */
export interface Pixels {
  /** px */
  readonly width: number;
  /** px */
  readonly height: number;
  /** width * height * 4 bytes in [0,255]; alpha not premultiplied */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** A rectangle, px. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
