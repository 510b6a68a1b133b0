// A built trunk from its folder, as files and as read.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadTrunk, type Trunk } from './load-trunk.ts';

/** @throws AppError of `readModel` */
export function readTrunk(folder: string): Promise<Trunk> {
  return loadTrunk(async (path) => new Uint8Array(await readFile(join(folder, path))));
}
