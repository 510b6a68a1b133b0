// Base64, RFC 4648 section 4 -> bytes, without the detour over a text of bytes. No I/O.
import { AppError } from '../../src/contract/errors.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const SEXTETS = new Int8Array(128).fill(-1);
[...ALPHABET].forEach((char, i) => {
  SEXTETS[char.charCodeAt(0)] = i;
});

/**
 * Decodes base64; its padding may be left out and its lines may be broken, anything else that is not in the alphabet is
 * refused.
 * @param what what the text is called in the error
 * @throws AppError `request_invalid`
 */
export function fromBase64(encoded: string, what: string): Uint8Array<ArrayBuffer> {
  const text = encoded.replace(/[\t\n\r ]+/g, '');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const length = text.length - padding;
  const rest = length % 4;
  if (rest === 1 || (padding > 0 && text.length % 4 !== 0)) throw invalid(what);
  const bytes = new Uint8Array(Math.floor((length * 3) / 4));
  let bits = 0;
  let at = 0;
  for (let i = 0; i < length; i++) {
    const sextet = SEXTETS[text.charCodeAt(i)] ?? -1;
    if (sextet < 0) throw invalid(what);
    bits = (bits << 6) | sextet;
    if (i % 4 === 3) {
      bytes[at++] = bits >> 16;
      bytes[at++] = bits >> 8;
      bytes[at++] = bits;
      bits = 0;
    }
  }
  if (rest > 1) bytes[at++] = rest === 3 ? bits >> 10 : bits >> 4;
  if (rest === 3) bytes[at++] = bits >> 2;
  return bytes;
}

function invalid(what: string): AppError {
  return new AppError('request_invalid', { detail: `${what} is not base64.` });
}
