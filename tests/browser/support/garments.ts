// The committed images of Fashion-MNIST inside Chromium, by garment and number.
import { readFile } from './files.ts';

const PATHS = Object.keys(import.meta.glob('../../data/fashion-mnist/*/*/*.png')).sort();

/** The i-th image of a garment. */
export async function garment(
  split: 'train' | 'test',
  of: string,
  i: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const path = PATHS.filter((name) => name.includes(`/${split}/${of}/`))[i];
  if (path === undefined) throw new Error(`There is no image ${i} of ${split}/${of}.`);
  return readFile(path.replace('../../', 'tests/'));
}
