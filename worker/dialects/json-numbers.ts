// The numbers of a JSON text, from its bytes and without a string for each. No I/O.

/** Largest power of ten that is exact in a double. */
const MAX_EXACT_POWER = 22;
/** Most digits that always fit a double's 53 bits. */
const MAX_EXACT_DIGITS = 15;
const POWERS = Array.from({ length: MAX_EXACT_POWER + 1 }, (_, i) => Number(`1e${i}`));

/** Longest number, characters; a double written out in full has 1,077. */
const MAX_NUMBER_LENGTH = 1200;

/** Reads numbers out of bytes. */
export class JsonNumbers {
  /** Past the last byte of the number that was read last. */
  end = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /**
   * The number that begins at `start`, by the grammar of RFC 8259, rounded as JSON.parse rounds it: digits and power
   * of ten are exact in a double when both are small, and one division or product rounds once; else Number() decides.
   * @returns NaN where there is no number, or a longer one than any double needs
   */
  read(start: number): number {
    const bytes = this.#bytes;
    let at = start;
    const negative = bytes[at] === 0x2d;
    if (negative) at++;
    const whole = at;
    let digits = 0;
    let exponent = 0;
    for (; isDigit(bytes[at]); at++) digits = digits * 10 + (bytes[at] ?? 0) - 0x30;
    let count = at - whole;
    if (count === 0 || (count > 1 && bytes[whole] === 0x30)) return Number.NaN;
    if (bytes[at] === 0x2e) {
      const fraction = ++at;
      for (; isDigit(bytes[at]); at++) digits = digits * 10 + (bytes[at] ?? 0) - 0x30;
      if (at === fraction) return Number.NaN;
      count += at - fraction;
      exponent = fraction - at;
    }
    if (bytes[at] === 0x65 || bytes[at] === 0x45) {
      at++;
      const sign = bytes[at] === 0x2d ? -1 : 1;
      if (bytes[at] === 0x2d || bytes[at] === 0x2b) at++;
      const first = at;
      let power = 0;
      // Beyond four digits it is zero or infinity anyway; counting on would only overflow.
      for (; isDigit(bytes[at]); at++) power = Math.min(power * 10 + (bytes[at] ?? 0) - 0x30, 99_999);
      if (at === first) return Number.NaN;
      exponent += sign * power;
    }
    if (at - start > MAX_NUMBER_LENGTH) return Number.NaN;
    this.end = at;
    if (count > MAX_EXACT_DIGITS || Math.abs(exponent) > MAX_EXACT_POWER)
      return Number(String.fromCharCode(...bytes.subarray(start, at)));
    const scale = POWERS[Math.abs(exponent)] ?? 1;
    const size = exponent < 0 ? digits / scale : digits * scale;
    return negative ? -size : size;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
