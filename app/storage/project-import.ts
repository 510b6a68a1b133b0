// Reads a project file into a new project: every id new, everything checked before the first byte is stored.

import { canonicalJson } from '../../src/artifact/canonical-json.ts';
import { decodeHead } from '../../src/artifact/head-file.ts';
import {
  decodeFeatures,
  decodeProject,
  isNewerProject,
  PROJECT_PATHS,
  type ProjectManifest,
  photoType,
} from '../../src/artifact/project-file.ts';
import { quote } from '../../src/artifact/safetensors-header.ts';
import { sha256Hex } from '../../src/contract/digest.ts';
import { AppError, type ErrorCode } from '../../src/contract/errors.ts';
import {
  MAX_HEAD_BYTES,
  MAX_PROJECT_BYTES,
  MAX_PROJECT_EXAMPLES,
  MAX_PROJECT_FEATURES_BYTES,
  MAX_PROJECT_JSON_BYTES,
} from '../../src/contract/limits.ts';
import { readImageHeader } from '../../src/image/sniff.ts';
import { poolingFactor } from '../../src/trunk/pool.ts';
import { DeviceError } from '../failure.ts';
import { readFolders } from './folder-import.ts';
import { recipeOf } from './project-export.ts';
import {
  type Imported,
  type ImportHooks,
  type ImportNotes,
  refuseAborted,
  type TrunkAtHand,
} from './project-zip.ts';
import type {
  BurstId,
  ClassId,
  ExampleId,
  FeaturesRecord,
  HeadRecord,
  HeadSlot,
  ProjectId,
} from './schema.ts';
import type { Storage, WholeProject } from './storage.ts';
import { openZip, type ZipEntry } from './zip-reader.ts';

/** Photos, and a few more entries for what other programs add. */
const ZIP_LIMITS = { maxEntries: 4 * MAX_PROJECT_EXAMPLES, maxBytes: MAX_PROJECT_BYTES };
/** What a file can be blamed for. */
const BLAME: ReadonlySet<ErrorCode> = new Set([
  'artifact_invalid',
  'artifact_too_large',
  'head_invalid',
  'head_too_large',
  'image_invalid',
  'image_too_large',
  'image_unsupported',
]);

/** @throws as project-zip.ts says */
export async function importProject(storage: Storage, file: Blob, hooks: ImportHooks): Promise<ProjectId> {
  const { whole, notes } = await readFile(file, hooks).catch((cause: unknown) => {
    if (cause instanceof AppError && BLAME.has(cause.code))
      throw new DeviceError('project_file_invalid', { detail: cause.detail, cause });
    throw cause;
  });
  refuseAborted(hooks.signal);
  await storage.putWholeProject(whole);
  if (notes.dropped.length + notes.refused.length > 0) hooks.onNotes?.(notes);
  return whole.project.id;
}

async function readFile(file: Blob, hooks: ImportHooks): Promise<Imported> {
  const entries = await openZip(file, ZIP_LIMITS);
  const said = entries.find(({ name }) => /^([^/]+\/)?project\.json$/.test(name));
  if (said === undefined) return readFolders(entries, file instanceof File ? file.name : '', hooks);
  // Packed again by hand, everything is in a folder.
  const prefix = said.name.slice(0, -PROJECT_PATHS.project.length);
  const named = new Map(
    entries
      .filter(({ name }) => name.startsWith(prefix))
      .map((entry) => [entry.name.slice(prefix.length), entry]),
  );
  return readProject(named, hooks);
}

async function readProject(
  entries: ReadonlyMap<string, ZipEntry>,
  { trunk, onProgress, signal }: ImportHooks,
): Promise<Imported> {
  const json = await readAtMost(entries, PROJECT_PATHS.project, MAX_PROJECT_JSON_BYTES);
  if (isNewerProject(json)) throw new DeviceError('project_file_newer');
  const manifest = decodeProject(json);
  const project = crypto.randomUUID() as ProjectId;
  const classes = manifest.classes.map(() => crypto.randomUUID() as ClassId);
  const bursts = new Map<number, BurstId>();
  const examples: WholeProject['examples'][number][] = [];
  const photos: WholeProject['photos'][number][] = [];
  for (const [i, { photo, class: itsClass, burst, ...rest }] of manifest.examples.entries()) {
    refuseAborted(signal);
    onProgress?.(i, manifest.examples.length);
    const id = crypto.randomUUID() as ExampleId;
    if (burst !== null && !bursts.has(burst)) bursts.set(burst, crypto.randomUUID() as BurstId);
    photos.push({ id, type: photoType(photo), data: await readPhoto(entries, photo, rest) });
    examples.push({
      ...{ id, project, ...rest, class: at(classes, itsClass) },
      burst: burst === null ? null : (bursts.get(burst) ?? null),
    });
  }
  const dropped: ImportNotes['dropped'][number][] = [];
  const ids = examples.map(({ id }) => id);
  const features = await readFeatures(entries, trunk, project, ids, () => dropped.push('features'));
  const heads: HeadRecord[] = [];
  for (const slot of ['live', 'kept'] as const) {
    const head = await readHead(entries, slot, manifest, project, classes);
    if (head === null) continue;
    if (head.fits(trunk)) heads.push(head.record);
    else dropped.push(slot);
  }
  const { title, model, createdAt, answers } = manifest;
  const record = {
    ...{
      id: project,
      title,
      createdAt,
      answers,
      updatedAt: Date.now(),
      model: trunk?.manifest.name ?? model,
    },
    classes: manifest.classes.map(({ name, colour }, i) => ({ id: at(classes, i), name, colour })),
  };
  onProgress?.(examples.length, examples.length);
  return {
    whole: { project: record, examples, photos, features, heads, sync: null },
    notes: { dropped, refused: [] },
  };
}

async function readPhoto(
  entries: ReadonlyMap<string, ZipEntry>,
  path: string,
  { bytes, width, height }: { readonly bytes: number; readonly width: number; readonly height: number },
): Promise<ArrayBuffer> {
  const data = await readAtMost(entries, path, bytes);
  const header = readImageHeader(data);
  // The header's sides are before EXIF orientation.
  const fits =
    width * height === header.width * header.height && (width === header.width || width === header.height);
  if (data.length !== bytes || `image/${header.format}` !== photoType(path) || !fits)
    throw invalid(`${quote(path)} is another picture than the project says.`);
  return data.buffer;
}

async function readFeatures(
  entries: ReadonlyMap<string, ZipEntry>,
  trunk: TrunkAtHand,
  project: ProjectId,
  examples: readonly ExampleId[],
  drop: () => void,
): Promise<FeaturesRecord[]> {
  if (!entries.has(PROJECT_PATHS.features)) return [];
  const bytes = await readAtMost(entries, PROJECT_PATHS.features, MAX_PROJECT_FEATURES_BYTES);
  const { recipe, examples: rows, values } = decodeFeatures(bytes, examples.length);
  // Without a trunk nobody can say which features these are; they are computed again.
  if (trunk === null) return [];
  const ours = recipeOf(trunk.manifest);
  if (canonicalJson(recipe) !== canonicalJson(ours)) {
    drop();
    return [];
  }
  const dim = values.length / rows.length;
  const channels = trunk.manifest.cuts.find(({ layer }) => layer === ours.cut)?.dim ?? 0;
  if (dim !== channels * poolingFactor(ours.pooling))
    throw invalid(`Its features have ${dim} numbers each, which is not what they are said to be.`);
  return rows.map((row, i) => ({
    ...{ space: trunk.space, project, example: at(examples, row) },
    values: values.slice(i * dim, (i + 1) * dim),
  }));
}

async function readHead(
  entries: ReadonlyMap<string, ZipEntry>,
  slot: HeadSlot,
  { heads }: ProjectManifest,
  project: ProjectId,
  classes: readonly ClassId[],
): Promise<{ readonly record: HeadRecord; readonly fits: (trunk: TrunkAtHand) => boolean } | null> {
  const said = heads[slot];
  if (said === null) return null;
  const bytes = await readAtMost(entries, PROJECT_PATHS[slot], MAX_HEAD_BYTES);
  const { metadata, overlay } = decodeHead(bytes);
  const { kind, labels, report, trunk, statistics, adaptation } = metadata;
  if (said.classes.length !== labels.length)
    throw invalid(
      `${quote(PROJECT_PATHS[slot])} has ${labels.length} labels for ${said.classes.length} classes.`,
    );
  const record: HeadRecord = {
    ...{ project, slot, kind, report, data: bytes.buffer, madeAt: said.madeAt },
    revision: await sha256Hex(bytes),
    classes: said.classes.map((index) => (index === null ? null : at(classes, index))),
    source: slot === 'live' ? 'trained' : 'imported',
    ...(adaptation === undefined ? {} : { adapted: true }),
  };
  // Statistics of its own are compared where the trunk is: when the head is used.
  const fits = (ours: TrunkAtHand) =>
    ours === null ||
    (ours.manifest.digest === trunk && (overlay.size > 0 || ours.manifest.statistics === statistics));
  return { record, fits };
}

async function readAtMost(
  entries: ReadonlyMap<string, ZipEntry>,
  name: string,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const entry = entries.get(name);
  if (entry === undefined) throw invalid(`${quote(name)} is missing.`);
  if (entry.bytes > most)
    throw new AppError('artifact_too_large', {
      detail: `${quote(name)} has ${entry.bytes} bytes; at most ${most} are taken.`,
    });
  return entry.read();
}

/** Of a list, at an index that was checked. */
function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw invalid(`There is no entry ${index}.`);
  return value;
}

function invalid(what: string): AppError {
  return new AppError('artifact_invalid', { detail: `${what} Export the project again.` });
}
