// Pixels laid over white.

/** In place: c -> round((c * a + 255 * (255 - a)) / 255), a -> 255; halves cannot occur. @param rgba not premultiplied */
export function layOverWhite(rgba: Uint8Array | Uint8ClampedArray): void {
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3] ?? 255;
    if (alpha === 255) continue;
    const white = 255 * (255 - alpha) + 127;
    rgba[i] = Math.floor(((rgba[i] ?? 0) * alpha + white) / 255);
    rgba[i + 1] = Math.floor(((rgba[i + 1] ?? 0) * alpha + white) / 255);
    rgba[i + 2] = Math.floor(((rgba[i + 2] ?? 0) * alpha + white) / 255);
    rgba[i + 3] = 255;
  }
}
