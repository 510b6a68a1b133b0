// SHA-256 names of content. WebCrypto only, which Node, workerd and browsers share.
import * as v from 'valibot';
import { Digest } from './ids.ts';

/** SHA-256 of bytes, in lower-case hex. */
export async function sha256Hex(bytes: Uint8Array): Promise<Digest> {
  // A copy, because WebCrypto takes no view of shared memory.
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));
  return v.parse(Digest, Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join(''));
}

/**
 * One digest for a set of named float arrays, whatever their order: SHA-256 over, for each name in code-unit order,
 * the name in UTF-8, a zero byte, the count as uint32, and the floats, little-endian.
 */
export async function digestArrays(
  arrays: Iterable<readonly [name: string, data: Float32Array]>,
): Promise<Digest> {
  const entries = [...arrays].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const names = entries.map(([name]) => new TextEncoder().encode(name));
  const bytes = new Uint8Array(
    entries.reduce((sum, [, data], i) => sum + (names[i]?.length ?? 0) + 5 + data.length * 4, 0),
  );
  const view = new DataView(bytes.buffer);
  let at = 0;
  entries.forEach(([, data], i) => {
    const name = names[i] ?? new Uint8Array();
    bytes.set(name, at);
    at += name.length + 1;
    view.setUint32(at, data.length, true);
    at += 4;
    for (const value of data) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  });
  return sha256Hex(bytes);
}
