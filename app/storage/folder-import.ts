// Reads a zip of folders of pictures, as other programs export data, into a new project: the folder that a picture lies
// in is its class. Pictures that nobody can read are named and left out.
import { AppError } from '../../src/contract/errors.ts';
import { MAX_HEAD_CLASSES, MAX_LABEL_LENGTH, MAX_PROJECT_EXAMPLES } from '../../src/contract/limits.ts';
import type { PreparedPhoto } from '../training/trainer.ts';
import { type Imported, type ImportHooks, type ImportNotes, refuseAborted } from './project-zip.ts';
import { type ClassId, DEFAULT_MODEL, type ExampleId, type ProjectId } from './schema.ts';
import type { WholeProject } from './storage.ts';
import type { ZipEntry } from './zip-reader.ts';

const PICTURE = /\.(jpe?g|png|webp|gif|bmp|avif|hei[cf])$/i;
/** Larger ones are not photos; bytes. */
const MAX_PICTURE_BYTES = 64 * 1024 * 1024;

const NATURAL = new Intl.Collator('en', { numeric: true });

/**
 * @param fileName of the zip: the project's title, and the class of pictures in no folder
 * @throws AppError `artifact_invalid` when there is no picture in it, `artifact_too_large`, `aborted`
 */
export async function readFolders(
  entries: readonly ZipEntry[],
  fileName: string,
  { trunk, prepare, onProgress, signal }: ImportHooks,
): Promise<Imported> {
  const title = fileName
    .replace(/\.[^.]*$/, '')
    .trim()
    .slice(0, 200);
  const pictures = entries
    .flatMap((entry) => {
      const label = classNameOf(entry.name, title);
      return label === null ? [] : [{ entry, label }];
    })
    .sort((a, b) => NATURAL.compare(a.label, b.label) || NATURAL.compare(a.entry.name, b.entry.name));
  const names = [...new Set(pictures.map(({ label }) => label))];
  if (pictures.length > MAX_PROJECT_EXAMPLES || names.length > MAX_HEAD_CLASSES)
    throw new AppError('artifact_too_large', {
      detail: `The zip has ${pictures.length} pictures in ${names.length} folders; at most ${MAX_PROJECT_EXAMPLES} in ${MAX_HEAD_CLASSES} are taken.`,
    });

  const now = Date.now();
  const project = crypto.randomUUID() as ProjectId;
  const classes = new Map(
    names.map((name, colour) => [name, { id: crypto.randomUUID() as ClassId, name, colour }]),
  );
  const examples: WholeProject['examples'][number][] = [];
  const photos: WholeProject['photos'][number][] = [];
  const refused: ImportNotes['refused'][number][] = [];
  for (const [i, { entry, label }] of pictures.entries()) {
    refuseAborted(signal);
    onProgress?.(i, pictures.length);
    const photo = await prepareEntry(entry, prepare, (error) => refused.push({ name: entry.name, error }));
    const itsClass = classes.get(label);
    if (photo === null || itsClass === undefined) continue;
    const id = crypto.randomUUID() as ExampleId;
    const { type, data, width, height } = photo;
    photos.push({ id, type, data });
    examples.push({
      ...{ id, project, class: itsClass.id, burst: null, source: 'import', width, height },
      // So that their order is the order of the files.
      addedAt: now - pictures.length + i,
      bytes: data.byteLength,
    });
  }
  if (examples.length === 0)
    throw new AppError('artifact_invalid', {
      detail: 'No picture that can be read is in it: a project file or folders of pictures are expected.',
    });
  onProgress?.(pictures.length, pictures.length);
  const record = {
    ...{ id: project, title: title || (names[0] ?? ''), createdAt: now, updatedAt: now },
    model: trunk?.manifest.name ?? DEFAULT_MODEL,
    classes: [...classes.values()],
    answers: { topK: 3, threshold: 0.5 },
  };
  return {
    whole: { project: record, examples, photos, features: [], heads: [], sync: null },
    notes: { dropped: [], refused },
  };
}

/** Null: not a picture, or a copy that an operating system put there. */
function classNameOf(path: string, otherwise: string): string | null {
  const parts = path.split(/[\\/]/);
  if (!PICTURE.test(path) || parts.some((part) => part.startsWith('.') || part === '__MACOSX')) return null;
  // A flat archive of Teachable Machine: `<class>-!-<n>.png`.
  const flat = /^(.+)-!-\d+\.\w+$/.exec(parts.at(-1) ?? '')?.[1];
  const name = parts.at(-2) ?? flat ?? otherwise.replace(/[-_ ]samples$/i, '');
  return name.normalize().replace(/\p{C}/gu, '').trim().slice(0, MAX_LABEL_LENGTH).trim() || '?';
}

async function prepareEntry(
  entry: ZipEntry,
  prepare: ImportHooks['prepare'],
  refuse: (error: unknown) => void,
): Promise<PreparedPhoto | null> {
  try {
    if (entry.bytes > MAX_PICTURE_BYTES)
      throw new AppError('image_too_large', { detail: `The file has ${entry.bytes} bytes.` });
    return await prepare(new Blob([await entry.read()]));
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'aborted') throw error;
    refuse(error);
    return null;
  }
}
