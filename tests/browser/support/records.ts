// Records as the app stores them, small and made up.

import type {
  BurstId,
  ClassId,
  ClassRecord,
  ExampleId,
  ExampleRecord,
  FeatureSpace,
  FeaturesRecord,
  HeadRecord,
  PhotoRecord,
  ProjectId,
  ProjectRecord,
  SyncRecord,
} from '../../../app/storage/schema.ts';
import type { Digest, HeadId, ModelName } from '../../../src/contract/ids.ts';

export const SPACE = 'space-1' as FeatureSpace;

export const newId = <Id extends string>() => crypto.randomUUID() as string as Id;
/** A digest made of one hex digit. */
export const digest = (digit: string) => digit.repeat(64) as Digest;

export function aClass(name: string, colour = 0): ClassRecord {
  return { id: newId<ClassId>(), name, colour };
}

export function aProject(change: Partial<ProjectRecord> = {}): ProjectRecord {
  return {
    id: newId<ProjectId>(),
    title: 'Leaves',
    createdAt: 1000,
    updatedAt: 1000,
    model: 'mobilenet-v2' as ModelName,
    classes: [aClass('Oak'), aClass('Elm', 1)],
    answers: { topK: 3, threshold: 0.5 },
    ...change,
  };
}

/** Of the project's first class, unless said otherwise. */
export function anExample(project: ProjectRecord, change: Partial<ExampleRecord> = {}): ExampleRecord {
  const [first] = project.classes;
  if (first === undefined) throw new Error('The project has no class.');
  return {
    id: newId<ExampleId>(),
    project: project.id,
    class: first.id,
    burst: 'burst-1' as BurstId,
    addedAt: 2000,
    source: 'camera',
    width: 2,
    height: 2,
    bytes: 3,
    ...change,
  };
}

export function aPhoto({ id }: ExampleRecord): PhotoRecord {
  return { id, type: 'image/webp', data: Uint8Array.of(1, 2, 3).buffer };
}

export function someFeatures({ id, project }: ExampleRecord, space = SPACE): FeaturesRecord {
  return { space, project, example: id, values: Float32Array.of(0.5, -1) };
}

export function aHead(project: ProjectRecord, change: Partial<HeadRecord> = {}): HeadRecord {
  return {
    project: project.id,
    slot: 'live',
    revision: digest('a'),
    data: Uint8Array.of(9, 9).buffer,
    classes: project.classes.map(({ id }) => id),
    report: { examples: [1, 1], heldOut: 'none', accuracy: null, lambda: 0.001 },
    kind: 'ridge',
    madeAt: 3000,
    source: 'trained',
    ...change,
  };
}

export function aSync(project: ProjectRecord, state: Partial<SyncRecord['state']> = {}): SyncRecord {
  return {
    project: project.id,
    head: project.id as string as HeadId,
    title: project.title,
    state: { base: null, local: null, sent: null, ...state },
    syncedAt: null,
    conflict: null,
  };
}
