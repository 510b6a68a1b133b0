// The tables of a JPEG, which its segments may define anew between scans.
import { damaged, viewOf } from '../header.ts';
import { type HuffmanTable, huffmanTable } from './huffman.ts';

/** The tables as of now, by their number. */
export interface Tables {
  readonly dc: (HuffmanTable | undefined)[];
  readonly ac: (HuffmanTable | undefined)[];
  /** Steps of the quantisation, in zigzag order. */
  readonly steps: (Uint16Array | undefined)[];
}

/** @param body of a DHT segment @throws AppError `image_invalid` @see ITU-T T.81, B.2.4.2 */
export function readHuffmanTables(body: Uint8Array, { dc, ac }: Tables): void {
  for (let at = 0; at < body.length; ) {
    const which = body[at] ?? 0;
    const counts = body.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const symbols = body.subarray(at + 17, at + 17 + total);
    if ((which & 0xef) > 3 || counts.length < 16 || symbols.length < total) {
      throw damaged('A Huffman table of the JPEG is damaged.');
    }
    (which < 16 ? dc : ac)[which & 15] = huffmanTable(counts, symbols);
    at += 17 + total;
  }
}

/** @param body of a DQT segment @throws AppError `image_invalid` @see ITU-T T.81, B.2.4.1 */
export function readQuantisationTables(body: Uint8Array, { steps }: Tables): void {
  const view = viewOf(body);
  for (let at = 0; at < body.length; ) {
    const bytes = view.getUint8(at) >> 4 === 0 ? 1 : 2;
    const number = view.getUint8(at) & 15;
    if (number > 3 || at + 1 + 64 * bytes > body.length)
      throw damaged('A quantisation table of the JPEG is damaged.');
    steps[number] = Uint16Array.from({ length: 64 }, (_, k) =>
      bytes === 1 ? view.getUint8(at + 1 + k) : view.getUint16(at + 1 + 2 * k),
    );
    at += 1 + 64 * bytes;
  }
}
