// What decoding a large image takes: its file's bytes, the greatest growth of a process's resident memory while it
// becomes the trunk's input, and how long that takes. Each image in a process of its own, which has decoded a small one
// of its kind before. The same code runs in workerd, where 128 MB are for everything.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { makePhoto, type PhotoKind } from '../scripts/support/photos.ts';
import { summarise } from './measure.ts';
import { table } from './table.ts';

const PHOTOS: readonly (readonly [kind: PhotoKind, width: number, height: number])[] = [
  ['JPEG', 4032, 3024],
  ['JPEG', 6000, 4000],
  ['JPEG 4:4:4', 4032, 3024],
  ['JPEG progressive', 4032, 3024],
  ['JPEG progressive 4:4:4', 4032, 3024],
  ['JPEG progressive', 6000, 4000],
  ['PNG', 4032, 3024],
  ['PNG', 6000, 4000],
  ['WebP', 2816, 2112],
  ['WebP lossless', 2048, 1536],
];

export interface ImageFigures {
  readonly kind: PhotoKind;
  readonly megapixels: number;
  readonly bytes: number;
  /** Greatest growth of the resident memory, MiB, the worst of the runs; null where it cannot be read. */
  readonly growth: number | null;
  /** Median ms of the first decoding in a process. */
  readonly ms: number;
}

const Run = v.object({ growth: v.nullable(v.number()), ms: v.number() });

/** @param size of the trunk's input, px */
export async function benchImages({
  size,
  quick,
}: {
  readonly size: number;
  readonly quick: boolean;
}): Promise<readonly ImageFigures[]> {
  const folder = mkdtempSync(join(tmpdir(), 'topwork-images-'));
  try {
    const figures: ImageFigures[] = [];
    for (const [kind, width, height] of PHOTOS) {
      const bytes = await makePhoto(kind, width, height);
      const [small, large] = [join(folder, 'small'), join(folder, 'large')];
      writeFileSync(small, await makePhoto(kind, 320, 240));
      writeFileSync(large, bytes);
      const runs = Array.from({ length: quick ? 1 : 5 }, () => measure(small, large, size));
      const growths = runs.flatMap(({ growth }) => (growth === null ? [] : [growth]));
      figures.push({
        kind,
        megapixels: (width * height) / 1e6,
        bytes: bytes.length,
        growth: growths.length === 0 ? null : Math.max(...growths),
        ms: summarise(runs.map(({ ms }) => ms)).median,
      });
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measure(small: string, large: string, size: number): v.InferOutput<typeof Run> {
  const args = ['--expose-gc', 'bench/image-memory.ts', small, large, `${size}`];
  return v.parse(Run, JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })));
}

export function printImages(figures: readonly ImageFigures[]): string {
  return table(
    ['decoding a photo', 'megapixels', 'file MB', 'memory MiB', 'ms'],
    figures.map(({ kind, megapixels, bytes, growth, ms }) => [
      kind,
      megapixels.toFixed(1),
      (bytes / 1e6).toFixed(1),
      growth?.toFixed(0) ?? 'unknown here',
      ms.toFixed(0),
    ]),
  );
}
