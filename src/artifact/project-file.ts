// What a project file says of its project: `project.json` and `features.safetensors` to bytes and back. docs/formats.md
// is its description in prose. The zip around them, ids, storage and the server are nobody's business here.
import * as v from 'valibot';
import { AppError } from '../contract/errors.ts';
import { HeadMetadata, Label } from '../contract/head.ts';
import { ModelName } from '../contract/ids.ts';
import {
  MAX_BODY_BYTES,
  MAX_HEAD_CLASSES,
  MAX_IMAGE_SIDE,
  MAX_PROJECT_EXAMPLES,
  MAX_PROJECT_FEATURES_BYTES,
  MAX_PROJECT_JSON_BYTES,
} from '../contract/limits.ts';
import { canonicalJson } from './canonical-json.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';
import { quote } from './safetensors-header.ts';
import { checkSchema, isNewer } from './schema.ts';

export const PROJECT_SCHEMA = 'topwork.project/1';
export const FEATURES_SCHEMA = 'topwork.features/1';

/** Where things are in the zip; photos are beside them, at `photoPath`. */
export const PROJECT_PATHS = {
  project: 'project.json',
  features: 'features.safetensors',
  live: 'head.safetensors',
  kept: 'kept-head.safetensors',
} as const;

const whole = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
/** ms since the epoch, as far as a Date goes. */
const time = whole(0, 8.64e15);

const EXTENSIONS = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' } as const;
export type PhotoType = (typeof EXTENSIONS)[keyof typeof EXTENSIONS];
const PHOTO_PATH = /^photos\/[1-9][0-9]{0,5}\.(jpg|png|webp)$/;

const Example = v.object({
  /** Where its photo is; the extension says the type. */
  photo: v.pipe(v.string(), v.regex(PHOTO_PATH, 'photos/<n>.<jpg, png or webp>')),
  /** Index into `classes`. */
  class: whole(0, MAX_HEAD_CLASSES - 1),
  /** Photos that were taken in one go have the same number. */
  burst: v.nullable(whole(0, MAX_PROJECT_EXAMPLES - 1)),
  addedAt: time,
  source: v.picklist(['camera', 'file', 'share', 'import']),
  /** px, upright */
  width: whole(1, MAX_IMAGE_SIDE),
  height: whole(1, MAX_IMAGE_SIDE),
  /** Of the photo as it is encoded. */
  bytes: whole(1, MAX_BODY_BYTES),
});

/** Of each label of the head in the file beside it, the index of its class; null where that is gone. */
const HeadOfProject = v.object({
  classes: v.pipe(v.array(v.nullable(whole(0, MAX_HEAD_CLASSES - 1))), v.maxLength(MAX_HEAD_CLASSES)),
  madeAt: time,
});

export const ProjectManifest = v.object({
  schema: v.literal(PROJECT_SCHEMA),
  title: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
  model: ModelName,
  createdAt: time,
  answers: v.object({
    topK: whole(1, MAX_HEAD_CLASSES),
    threshold: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  }),
  classes: v.pipe(
    v.array(v.object({ name: Label, colour: whole(0, 999) })),
    v.maxLength(MAX_HEAD_CLASSES),
    v.check(
      (classes) => new Set(classes.map(({ name }) => name)).size === classes.length,
      'names must differ',
    ),
  ),
  /** Oldest first. */
  examples: v.pipe(
    v.array(Example),
    v.maxLength(MAX_PROJECT_EXAMPLES),
    v.check(
      (examples) => new Set(examples.map(({ photo }) => photo)).size === examples.length,
      'photos must differ',
    ),
  ),
  heads: v.object({ live: v.nullable(HeadOfProject), kept: v.nullable(HeadOfProject) }),
});
export type ProjectManifest = v.InferOutput<typeof ProjectManifest>;

/** Which numbers features are: a trunk with its statistics, where it ends, and what it is given. */
export const FeatureRecipe = v.pick(HeadMetadata, [
  'model',
  'trunk',
  'statistics',
  'cut',
  'pooling',
  'preprocessing',
]);
export type FeatureRecipe = v.InferOutput<typeof FeatureRecipe>;

/** Features of some or all examples of a project. */
export interface ProjectFeatures {
  readonly recipe: FeatureRecipe;
  /** Index of each row's example, rising. */
  readonly examples: readonly number[];
  /** [n,d], row-major */
  readonly values: Float32Array;
}

/** Path of the photo at `index` from 0. */
export function photoPath(index: number, type: PhotoType): string {
  const extension = type === 'image/jpeg' ? 'jpg' : type === 'image/png' ? 'png' : 'webp';
  return `photos/${index + 1}.${extension}`;
}

/** Type of the photo at a path of a checked manifest. */
export function photoType(path: string): PhotoType {
  const extension = path.slice(path.lastIndexOf('.') + 1);
  return extension === 'png' ? EXTENSIONS.png : extension === 'webp' ? EXTENSIONS.webp : EXTENSIONS.jpg;
}

/** Writes `project.json`, canonical. @throws AppError `artifact_invalid` for what `decodeProject` would refuse */
export function encodeProject(manifest: ProjectManifest): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(canonicalJson(checkProject(manifest)));
}

/**
 * Reads `project.json`: schema, limits, and that every index points at something. Keys that version 1 does not know are
 * ignored.
 * @throws AppError `artifact_invalid`; `artifact_too_large`
 */
export function decodeProject(bytes: Uint8Array): ProjectManifest {
  if (bytes.length > MAX_PROJECT_JSON_BYTES)
    throw new AppError('artifact_too_large', {
      detail: `${PROJECT_PATHS.project} has ${bytes.length} bytes; at most ${MAX_PROJECT_JSON_BYTES} are taken.`,
    });
  const value = parseJson(bytes);
  const { schema } = schemaOf(value);
  checkSchema(schema, PROJECT_SCHEMA, 'artifact_invalid');
  return checkProject(value);
}

/** Whether `project.json` was written by a later version of Topwork. Never throws. */
export function isNewerProject(bytes: Uint8Array): boolean {
  try {
    return isNewer(schemaOf(parseJson(bytes)).schema, PROJECT_SCHEMA);
  } catch {
    return false;
  }
}

/** Writes `features.safetensors`, canonical. @throws AppError `artifact_invalid` */
export function encodeFeatures({ recipe, examples, values }: ProjectFeatures): Uint8Array<ArrayBuffer> {
  const dim = values.length / Math.max(examples.length, 1);
  const { preprocessing, ...texts } = recipe;
  const metadata = new Map(Object.entries({ schema: FEATURES_SCHEMA, ...texts }));
  metadata.set('preprocessing', canonicalJson(preprocessing));
  metadata.set('examples', canonicalJson(examples));
  const tensor = { dtype: 'F32', shape: [examples.length, dim], data: values } as const;
  return encodeSafetensors({ tensors: new Map([['features', tensor]]), metadata });
}

/**
 * Reads `features.safetensors`: one finite row for each of its examples.
 * @param count how many examples the project has
 * @throws AppError `artifact_invalid`, `artifact_too_large`
 */
export function decodeFeatures(bytes: Uint8Array, count: number): ProjectFeatures {
  const { tensors, metadata } = decodeSafetensors(bytes, { maxBytes: MAX_PROJECT_FEATURES_BYTES });
  checkSchema(metadata.get('schema'), FEATURES_SCHEMA, 'artifact_invalid');
  const said = (key: string) => parseJson(new TextEncoder().encode(metadata.get(key) ?? 'null'));
  const recipe = checked(FeatureRecipe, {
    ...Object.fromEntries(metadata),
    preprocessing: said('preprocessing'),
  });
  const examples = checked(
    v.pipe(
      v.array(whole(0, Math.max(count - 1, 0))),
      v.minLength(1),
      v.maxLength(count),
      v.check((rows) => rows.every((row, i) => i === 0 || row > (rows[i - 1] ?? row)), 'they must rise'),
    ),
    said('examples'),
  );
  const tensor = tensors.get('features');
  const [rows, dim, ...rest] = tensor?.shape ?? [];
  if (tensors.size !== 1 || tensor?.dtype !== 'F32' || rest.length > 0 || !dim || rows !== examples.length)
    throw invalid(
      `One tensor "features", F32 [${examples.length}, d], is expected. Export the project again.`,
    );
  return { recipe, examples, values: tensor.data };
}

function checkProject(value: unknown): ProjectManifest {
  const manifest = checked(ProjectManifest, value);
  const { classes, examples, heads } = manifest;
  const used = [
    ...examples.map((example) => example.class),
    ...(heads.live?.classes ?? []),
    ...(heads.kept?.classes ?? []),
  ];
  const lost = used.find((index) => index !== null && index >= classes.length);
  if (lost !== undefined) throw invalid(`There is no class ${lost}; the project has ${classes.length}.`);
  return manifest;
}

function schemaOf(value: unknown): { readonly schema: string } {
  const result = v.safeParse(v.looseObject({ schema: v.string() }), value);
  if (!result.success) throw invalid('It names no schema. Choose another file.');
  return result.output;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(bytes)));
  } catch (cause) {
    throw invalid('A part that must be JSON is not. Export the project again.', cause);
  }
}

function checked<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  throw invalid(
    `The project is not valid${path === null ? '' : ` at ${quote(path)}`}: ${issue.message.slice(0, 200)}.`,
  );
}

function invalid(detail: string, cause?: unknown): AppError {
  return new AppError('artifact_invalid', { detail, cause });
}
