// IEEE 754 binary16 in plain arithmetic, since not every phone has Float16Array. No I/O.

const floats = new Float32Array(1);
const words = new Uint32Array(floats.buffer);

/**
 * Rounds floats to halves, ties to even; beyond 65519.99 they become infinity, NaN stays NaN.
 * @returns bit patterns, as safetensors stores F16
 */
export function toHalf(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint16Array(values.length);
  values.forEach((value, i) => {
    bits[i] = halfBits(value);
  });
  return bits;
}

/** Widens halves to floats; exact. */
export function fromHalf(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(bits.length);
  bits.forEach((half, i) => {
    values[i] = halfValue(half);
  });
  return values;
}

function halfValue(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function halfBits(value: number): number {
  floats[0] = value;
  const word = words[0] ?? 0;
  const sign = (word >>> 16) & 0x8000;
  if (Number.isNaN(value)) return sign | 0x7e00;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  // Below 2^-14 halves are evenly spaced by 2^-24, and adding that many of them to the sign bit is the pattern.
  if (size < 2 ** -14) return sign | roundToEven(size * 2 ** 24);
  const exponent = ((word >>> 23) & 0xff) - 127;
  // A fraction that rounds up to 1024 carries into the exponent, which is what IEEE asks.
  return sign | (((exponent + 15) << 10) + roundToEven((size * 2 ** -exponent - 1) * 1024));
}

function roundToEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down;
}
