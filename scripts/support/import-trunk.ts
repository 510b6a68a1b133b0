// Writes the folder of a trunk: models/<name>/ with model.json, shards, bn.safetensors, manifest.json and the licence.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { encodeStatistics } from '../../src/artifact/statistics-file.ts';
import { sha256Hex } from '../../src/contract/digest.ts';
import { AppError } from '../../src/contract/errors.ts';
import { ModelManifest, type Pooling } from '../../src/contract/manifest.ts';
import { importTrunk } from '../../src/trunk/import.ts';
import { openTrunkSource } from './trunk-source.ts';

export interface ImportOptions {
  /** A folder or an installed npm package; see `openTrunkSource`. */
  readonly source: string;
  readonly name: string;
  /** Folder that gets a subfolder `name`. */
  readonly into: string;
  /** The trunk's last layer; by default the last place before the classifier. */
  readonly top?: string | undefined;
  /** Values of a black and a full channel; by default [0,255] where the model rescales by itself, else [0,1]. */
  readonly range?: readonly [number, number] | undefined;
  /** What new heads use: by default the trunk's last layer, 1x1 pooling, the native size. */
  readonly cut?: string | undefined;
  readonly pooling?: Pooling | undefined;
  readonly size?: number | undefined;
  /** SPDX id where the source does not say. */
  readonly licence?: string | undefined;
}

/**
 * @throws AppError of `importTrunk` and `openTrunkSource`; `request_invalid` for options that do not fit the trunk.
 *   Nothing is written unless everything is right
 */
export async function importTrunkFolder(options: ImportOptions): Promise<ModelManifest> {
  const source = openTrunkSource(options.source);
  const { model, files, statistics, facts } = await importTrunk(source.modelJson, source.readShard, {
    top: options.top,
  });
  const all = new Map(files);
  all.set('bn.safetensors', encodeStatistics(statistics));
  if (source.licence?.text) all.set('LICENSE', new TextEncoder().encode(source.licence.text));
  const cut = options.cut ?? facts.cuts.at(-1)?.layer ?? '';
  if (!facts.cuts.some(({ layer }) => layer === cut))
    throw new AppError('request_invalid', {
      detail: `"${cut}" is no cut of this trunk; its cuts are ${facts.cuts.map(({ layer }) => layer).join(', ')}.`,
    });
  const { range, ...known } = facts;
  const [height, width] = model.graph.inputShape;
  const manifest = checkManifest({
    schema: 'topwork.trunk/1',
    name: options.name,
    ...known,
    input: { size: Math.min(height, width), range: options.range ?? range ?? [0, 1] },
    defaults: { cut, pooling: options.pooling ?? '1x1', size: options.size ?? Math.min(height, width) },
    files: await Promise.all(
      [...all].map(async ([path, bytes]) => ({ path, bytes: bytes.length, sha256: await sha256Hex(bytes) })),
    ),
    licence: source.licence?.id ?? options.licence ?? 'unknown',
    source: source.description,
  });
  all.set('manifest.json', new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`));
  replaceFolder(join(options.into, options.name), all);
  return manifest;
}

function checkManifest(manifest: unknown): ModelManifest {
  const parsed = v.safeParse(ModelManifest, manifest);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new AppError('request_invalid', {
    detail: `The trunk cannot be described: ${v.getDotPath(issue) ?? 'manifest'}: ${issue.message}.`,
  });
}

/** All or nothing: the new folder is complete before the old one goes. */
function replaceFolder(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  const fresh = `${folder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  for (const [path, bytes] of files) writeFileSync(join(fresh, path), bytes);
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
}
