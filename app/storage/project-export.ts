// Writes a project file. Photos are read from storage one at a time, so that memory never holds them all.
import {
  encodeFeatures,
  encodeProject,
  type FeatureRecipe,
  PROJECT_PATHS,
  PROJECT_SCHEMA,
  type ProjectManifest,
  photoPath,
} from '../../src/artifact/project-file.ts';
import type { ModelManifest } from '../../src/contract/manifest.ts';
import { DeviceError } from '../failure.ts';
import { type ExportHooks, refuseAborted, type TrunkAtHand } from './project-zip.ts';
import type { BurstId, ClassId, ExampleId, HeadSlot, ProjectId } from './schema.ts';
import type { Storage } from './storage.ts';
import { createZip, type ZipWriter } from './zip-writer.ts';

/** What new features are made by. */
export function recipeOf({ name, digest, statistics, defaults, input }: ModelManifest): FeatureRecipe {
  const { cut, pooling, size } = defaults;
  const preprocessing = { size, range: input.range };
  return { model: name, trunk: digest, statistics, cut, pooling, preprocessing };
}

/** @throws as project-zip.ts says */
export async function exportProject(
  storage: Storage,
  id: ProjectId,
  { trunk, onProgress, signal }: ExportHooks,
): Promise<Blob> {
  const project = await storage.project(id);
  if (project === null) throw new DeviceError('project_missing', { detail: id });
  const classes = new Map(project.classes.map((record, i) => [record.id, i]));
  const bursts = new Map<BurstId, number>();
  const records = await storage.examples(id);
  const zip = createZip();
  const examples: ProjectManifest['examples'] = [];
  /** In the order of the file. */
  const exported: ExampleId[] = [];
  for (const [i, record] of records.entries()) {
    refuseAborted(signal);
    onProgress?.(i, records.length);
    const photo = await storage.photo(record.id);
    const itsClass = classes.get(record.class);
    // Deleted while this goes on, in this tab or another one.
    if (photo === null || itsClass === undefined) continue;
    const path = photoPath(examples.length, photo.type);
    zip.add(path, new Uint8Array(photo.data));
    const { addedAt, source, width, height, burst } = record;
    if (burst !== null && !bursts.has(burst)) bursts.set(burst, bursts.size);
    examples.push({
      ...{ photo: path, class: itsClass, addedAt, source, width, height },
      burst: burst === null ? null : (bursts.get(burst) ?? null),
      bytes: photo.data.byteLength,
    });
    exported.push(record.id);
  }
  await addFeatures(zip, storage, id, trunk, exported);
  const heads = {
    live: await addHead(zip, storage, id, 'live', classes),
    kept: await addHead(zip, storage, id, 'kept', classes),
  };
  const { title, model, createdAt, answers } = project;
  const manifest: ProjectManifest = {
    ...{ schema: PROJECT_SCHEMA, title, model, createdAt, answers, examples, heads },
    classes: project.classes.map(({ name, colour }) => ({ name, colour })),
  };
  zip.add(PROJECT_PATHS.project, encodeProject(manifest));
  onProgress?.(records.length, records.length);
  return zip.finish();
}

async function addFeatures(
  zip: ZipWriter,
  storage: Storage,
  id: ProjectId,
  trunk: TrunkAtHand,
  exported: readonly ExampleId[],
): Promise<void> {
  if (trunk === null) return;
  const known = new Map(
    (await storage.features(trunk.space, id)).map(({ example, values }) => [example, values]),
  );
  const rows = exported.flatMap((example, i) => {
    const values = known.get(example);
    return values === undefined ? [] : [{ i, values }];
  });
  const dim = rows[0]?.values.length ?? 0;
  if (dim === 0) return;
  const values = new Float32Array(rows.length * dim);
  for (const [row, one] of rows.entries()) values.set(one.values, row * dim);
  const features = { recipe: recipeOf(trunk.manifest), examples: rows.map(({ i }) => i), values };
  zip.add(PROJECT_PATHS.features, encodeFeatures(features));
}

async function addHead(
  zip: ZipWriter,
  storage: Storage,
  id: ProjectId,
  slot: HeadSlot,
  classes: ReadonlyMap<ClassId, number>,
): Promise<ProjectManifest['heads'][HeadSlot]> {
  const head = await storage.head(id, slot);
  if (head === null) return null;
  zip.add(PROJECT_PATHS[slot], new Uint8Array(head.data));
  return {
    classes: head.classes.map((one) => (one === null ? null : (classes.get(one) ?? null))),
    madeAt: head.madeAt,
  };
}
