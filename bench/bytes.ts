// How large the things are that cross a wire: the trunk, a head, the Worker's bundle, the page. Raw, and by gzip at
// its default level, as the common denominator; a server may do better.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ASSETS } from '../scripts/support/build.ts';
import { run } from '../scripts/support/run.ts';
import { table } from './table.ts';

const BUNDLE = '.cache/bench-bundle';

export interface ByteFigures {
  readonly name: string;
  readonly files: number;
  readonly raw: number;
  /** Sum over the files, each compressed by itself. */
  readonly gzip: number;
}

/**
 * @param options.trunk folder of the trunk
 * @param options.head an encoded head
 */
export async function benchBytes({
  trunk,
  head,
}: {
  readonly trunk: string;
  readonly head: Uint8Array;
}): Promise<readonly ByteFigures[]> {
  const trunkFiles = readFolder(trunk);
  const page = readFolder(ASSETS).filter(({ path }) => !path.startsWith('models/'));
  const kinds = [...new Set(page.map(({ path }) => extname(path)))].sort();
  try {
    await run('wrangler', ['deploy', '--dry-run', '--outdir', BUNDLE], { quiet: true });
    const bundle = readFolder(BUNDLE);
    return [
      weigh('trunk: weights', trunkFiles, /\.bin$/),
      weigh('trunk: model.json', trunkFiles, /^model\.json$/),
      weigh('trunk: manifest.json', trunkFiles, /^manifest\.json$/),
      weigh('trunk: BatchNorm statistics', trunkFiles, /^bn\.safetensors$/),
      weigh('head of ten classes', [{ path: '', bytes: head }]),
      weigh('Worker: JavaScript', bundle, /\.js$/),
      weigh('Worker: WebAssembly', bundle, /\.wasm$/),
      weigh('Worker: all', bundle, /\.(js|wasm)$/),
      ...kinds.map((kind) =>
        weigh(
          `page: ${kind || 'other'}`,
          page.filter(({ path }) => extname(path) === kind),
        ),
      ),
    ];
  } finally {
    rmSync(BUNDLE, { recursive: true, force: true });
  }
}

interface File {
  /** From the folder. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

function readFolder(folder: string): readonly File[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(folder, file), bytes: readFileSync(file) }));
}

function weigh(name: string, files: readonly File[], pattern = /(?:)/): ByteFigures {
  const matching = files.filter(({ path }) => pattern.test(path));
  return {
    name,
    files: matching.length,
    raw: matching.reduce((sum, { bytes }) => sum + bytes.length, 0),
    gzip: matching.reduce((sum, { bytes }) => sum + gzipSync(bytes).length, 0),
  };
}

export function printBytes(figures: readonly ByteFigures[]): string {
  const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1);
  return table(
    ['size, kB (1000 bytes)', 'files', 'raw', 'gzip'],
    figures.map(({ name, files, raw, gzip }) => [name, `${files}`, kilobytes(raw), kilobytes(gzip)]),
  );
}
