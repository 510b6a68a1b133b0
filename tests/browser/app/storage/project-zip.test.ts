// Project files on real IndexedDB: what comes out goes in again, and what is none leaves everything as it was.
import { zipSync } from 'fflate';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyProject } from '../../../../app/storage/copy-project.ts';
import { openStorage } from '../../../../app/storage/database.ts';
import { recipeOf } from '../../../../app/storage/project-export.ts';
import {
  exportProject,
  type ImportHooks,
  type ImportNotes,
  importProject,
  type TrunkAtHand,
} from '../../../../app/storage/project-zip.ts';
import type {
  BurstId,
  ExampleId,
  ExampleRecord,
  FeatureSpace,
  PhotoRecord,
  ProjectId,
} from '../../../../app/storage/schema.ts';
import type { Storage, WholeProject } from '../../../../app/storage/storage.ts';
import { openZip } from '../../../../app/storage/zip-reader.ts';
import { encodeHead } from '../../../../src/artifact/head-file.ts';
import { decodeProject, encodeFeatures } from '../../../../src/artifact/project-file.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../../src/artifact/safetensors.ts';
import { sha256Hex } from '../../../../src/contract/digest.ts';
import { AppError } from '../../../../src/contract/errors.ts';
import { HeadMetadata, type TrainingReport } from '../../../../src/contract/head.ts';
import { MAX_PROJECT_BYTES } from '../../../../src/contract/limits.ts';
import { ModelManifest } from '../../../../src/contract/manifest.ts';
import type { Head } from '../../../../src/head/head.ts';
import { readFile } from '../../support/files.ts';
import { headFile } from '../../support/head-files.ts';
import { aHead, aProject, aSync, digest, newId } from '../../support/records.ts';

const manifest = v.parse(ModelManifest, {
  ...{ schema: 'topwork.trunk/1', name: 'mobilenet-v2', digest: digest('1'), weights: digest('2') },
  ...{ statistics: digest('3'), input: { size: 64, range: [0, 1] }, batchNorm: [], parameters: 0, files: [] },
  ...{ defaults: { cut: 'last', pooling: '1x1', size: 64 }, licence: 'MIT', source: 'a test' },
  cuts: [{ layer: 'last', shape: [2, 2, 3], dim: 3, macs: 0 }],
});
const trunk: TrunkAtHand = { manifest, space: 'space-1' as FeatureSpace };
const anotherTrunk: TrunkAtHand = {
  manifest: { ...manifest, digest: digest('9') },
  space: 'space-9' as FeatureSpace,
};
const LIMITS = { maxEntries: 1e4, maxBytes: 1e9 };

let storage: Storage;
let name = '';
let jpeg: Uint8Array<ArrayBuffer>;
let png: Uint8Array<ArrayBuffer>;
beforeEach(async () => {
  name = `project-zip-${crypto.randomUUID()}`;
  storage = await openStorage({ name });
  jpeg = await readFile('tests/golden/image/jpeg-photo.jpg');
  png = await readFile('tests/golden/image/png-rgb.png');
});
afterEach(() => {
  storage.close();
  indexedDB.deleteDatabase(name);
});

const neverPrepare: ImportHooks['prepare'] = () => Promise.reject(new Error('not asked for'));
const takeIn = (file: Blob, hooks: Partial<ImportHooks> = {}) =>
  importProject(storage, file, { trunk, prepare: neverPrepare, ...hooks });

/** Two classes, three photos of two bursts and none, features of two of them, both heads, and a connection. */
async function aWholeProject(): Promise<WholeProject> {
  const project = aProject({ title: 'Blätter / leaves' });
  const [oak, elm] = project.classes;
  if (oak === undefined || elm === undefined) throw new Error('There are two classes.');
  const bursts = [newId<BurstId>(), newId<BurstId>(), null];
  const sizes = { jpeg: { width: 96, height: 72 }, png: { width: 0, height: 0 } };
  sizes.jpeg = await sizeOf(jpeg);
  sizes.png = await sizeOf(png);
  const examples = [oak, oak, elm].map(
    (itsClass, i): ExampleRecord => ({
      ...{ id: newId<ExampleId>(), project: project.id, class: itsClass.id, burst: bursts[i] ?? null },
      ...{ addedAt: 2000 + i, source: 'camera', ...(i < 2 ? sizes.jpeg : sizes.png) },
      bytes: (i < 2 ? jpeg : png).length,
    }),
  );
  const photos = examples.map(
    ({ id }, i): PhotoRecord =>
      i < 2
        ? { id, type: 'image/jpeg', data: jpeg.slice().buffer }
        : { id, type: 'image/png', data: png.slice().buffer },
  );
  const features = examples.slice(1).map(({ id }, i) => ({
    ...{ space: 'space-1' as FeatureSpace, project: project.id, example: id },
    values: Float32Array.of(i, 0.5, -1e-7),
  }));
  const calibration = { temperature: 1, rejectAbove: null };
  const report: TrainingReport = { examples: [2, 1], heldOut: 'none', accuracy: null, lambda: 0.001 };
  const recipe = recipeOf(manifest);
  const metadata = v.parse(HeadMetadata, {
    ...{ schema: 'topwork.head/1', kind: 'ridge', labels: ['Oak', 'Elm'], ...recipe, batchNorm: 'stored' },
    ...{ calibration, report },
  });
  const linear: Head = {
    ...{ kind: 'ridge', labels: ['Oak', 'Elm'], calibration },
    standardize: { mean: new Float32Array(3), deviation: Float32Array.of(1, 1, 1) },
    layers: [{ kernel: new Float32Array(6), bias: new Float32Array(2), activation: 'linear' }],
  };
  const bytes = encodeHead(linear, metadata);
  // The kept one was adapted, and so has statistics of its own.
  const overlay = new Map([['bn/moving_mean', { data: Float32Array.of(0.1), shape: [1] }]]);
  const adapted = encodeHead(linear, { ...metadata, statistics: metadata.trunk }, { overlay });
  const head = {
    project: project.id,
    revision: await sha256Hex(bytes),
    report,
    kind: 'ridge',
    madeAt: 3000,
  } as const;
  const kept = { revision: await sha256Hex(adapted), data: adapted.buffer };
  const heads = [
    { ...head, slot: 'live', data: bytes.slice().buffer, classes: [oak.id, elm.id], source: 'trained' },
    { ...head, ...kept, slot: 'kept', classes: [oak.id, null], source: 'imported' },
  ] as const;
  const sync = aSync(project, { local: kept.revision });
  return { project, examples, photos, features, heads: [...heads], sync };
}

async function sizeOf(bytes: Uint8Array<ArrayBuffer>) {
  const bitmap = await createImageBitmap(new Blob([bytes]));
  return { width: bitmap.width, height: bitmap.height };
}

async function stored(): Promise<WholeProject> {
  const whole = await aWholeProject();
  await storage.putWholeProject(whole);
  return whole;
}

/** Everything of a project but ids and times of its own, with what refers to what. */
function contentOf({ project, examples, photos, features, heads, sync }: WholeProject) {
  const classIndex = new Map<string | null, number>(project.classes.map(({ id }, i) => [id, i]));
  const exampleIndex = new Map<string, number>(examples.map(({ id }, i) => [id, i]));
  const bursts = [...new Set(examples.map(({ burst }) => burst))];
  return {
    title: project.title,
    answers: project.answers,
    createdAt: project.createdAt,
    classes: project.classes.map(({ name: label, colour }) => [label, colour]),
    examples: examples.map(({ id: _, project: __, ...rest }) => ({
      ...rest,
      class: classIndex.get(rest.class),
      burst: rest.burst === null ? null : bursts.indexOf(rest.burst),
    })),
    photos: photos
      .map(({ id, type, data }) => ({
        of: exampleIndex.get(id) ?? -1,
        type,
        data: [...new Uint8Array(data)],
      }))
      .sort((a, b) => a.of - b.of),
    features: features
      .map(({ example, space, values }) => ({
        of: exampleIndex.get(example) ?? -1,
        space,
        values: [...values],
      }))
      .sort((a, b) => a.of - b.of),
    heads: heads
      .map(({ project: _, data, classes, ...rest }) => ({
        ...rest,
        data: [...new Uint8Array(data)],
        classes: classes.map((id) => (id === null ? null : classIndex.get(id))),
      }))
      .sort((a, b) => (a.slot < b.slot ? -1 : 1)),
    sync,
  };
}

async function wholeOf(id: ProjectId): Promise<WholeProject> {
  const whole = await storage.wholeProject(id);
  if (whole === null) throw new Error('The project is not there.');
  return whole;
}

const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer());

/** The entries of an exported project, to be changed and packed again. */
async function unpacked(): Promise<Map<string, Uint8Array>> {
  const { project } = await stored();
  const file = await exportProject(storage, project.id, { trunk });
  await storage.deleteProject(project.id);
  const entries = await openZip(file, LIMITS);
  return new Map(await Promise.all(entries.map(async (entry) => [entry.name, await entry.read()] as const)));
}

function pack(entries: ReadonlyMap<string, Uint8Array>, level: 0 | 9 = 0): File {
  const bytes = zipSync(Object.fromEntries(entries), { level });
  return new File([bytes], 'My leaves.zip');
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'taken',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  );
}

describe('a project file', () => {
  it('gives back photos, classes, bursts, features, heads and answers, and no connection', async () => {
    const whole = await stored();
    const file = await exportProject(storage, whole.project.id, { trunk });
    const id = await takeIn(file);
    expect(id).not.toBe(whole.project.id);
    expect(contentOf(await wholeOf(id))).toEqual({ ...contentOf(whole), sync: null });
  });

  it('shares no id with the project it came from, and read twice is two projects', async () => {
    const whole = await stored();
    const file = await exportProject(storage, whole.project.id, { trunk });
    const copies = [whole, await wholeOf(await takeIn(file)), await wholeOf(await takeIn(file))];
    const ids = copies.flatMap(({ project, examples }) => [
      ...[project, ...project.classes, ...examples].map(({ id }) => id),
    ]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await storage.projects()).toHaveLength(3);
  });

  it('is the same bytes each time, after an import too', async () => {
    const { project } = await stored();
    const first = await exportProject(storage, project.id, { trunk });
    const again = await exportProject(storage, project.id, { trunk });
    const copy = await exportProject(storage, await takeIn(first), { trunk });
    expect(await bytesOf(again)).toEqual(await bytesOf(first));
    expect(await bytesOf(copy)).toEqual(await bytesOf(first));
  });

  it('has the photos as they are, and is hardly larger than they are', async () => {
    const { project } = await stored();
    const file = await exportProject(storage, project.id, { trunk });
    const entries = await openZip(file, LIMITS);
    expect(entries.map((entry) => entry.name).sort()).toEqual([
      ...['features.safetensors', 'head.safetensors', 'kept-head.safetensors'],
      ...['photos/1.jpg', 'photos/2.jpg', 'photos/3.png', 'project.json'],
    ]);
    expect(await entries.find((entry) => entry.name === 'photos/3.png')?.read()).toEqual(png);
    expect(file.size).toBeLessThan(2 * jpeg.length + png.length + 8000);
  });

  it('holds five hundred photos, and tells of each while it packs and unpacks them', async () => {
    const whole = await aWholeProject();
    const [example] = whole.examples;
    if (example === undefined) throw new Error('There are examples.');
    const examples = Array.from({ length: 500 }, (_, i) => ({
      ...{ ...example, id: newId<ExampleId>(), addedAt: 5000 + i },
    }));
    const photos = examples.map(
      ({ id }): PhotoRecord => ({ id, type: 'image/jpeg', data: jpeg.slice().buffer }),
    );
    await storage.putWholeProject({ ...whole, examples, photos, features: [], sync: null });
    const seen: string[] = [];
    const onProgress = (done: number, of: number) => seen.push(`${done}/${of}`);
    const file = await exportProject(storage, whole.project.id, { trunk, onProgress });
    const id = await takeIn(file, { onProgress });
    expect(await storage.examples(id)).toHaveLength(500);
    expect(seen).toHaveLength(1002);
    expect(seen.slice(499, 503)).toEqual(['499/500', '500/500', '0/500', '1/500']);
  });

  it('leaves out features while no trunk says what they are', async () => {
    const { project } = await stored();
    const id = await takeIn(await exportProject(storage, project.id, { trunk: null }));
    expect((await wholeOf(id)).features).toEqual([]);
  });

  it('cannot be made of a project that is gone', async () => {
    expect(await codeOf(exportProject(storage, newId<ProjectId>(), { trunk }))).toBe('project_missing');
  });

  it('is not made, or not taken in, once that is stopped', async () => {
    const { project } = await stored();
    const stop = new AbortController();
    const onProgress = (done: number) => {
      if (done === 1) stop.abort();
    };
    expect(await codeOf(exportProject(storage, project.id, { trunk, signal: stop.signal, onProgress }))).toBe(
      'aborted',
    );
    const file = await exportProject(storage, project.id, { trunk });
    const late = new AbortController();
    const stopLate = (done: number, of: number) => {
      if (done === of) late.abort();
    };
    expect(await codeOf(takeIn(file, { signal: late.signal, onProgress: stopLate }))).toBe('aborted');
    expect(await storage.projects()).toHaveLength(1);
  });

  it('keeps a head that was adapted to a light, though its statistics are not those of the trunk', async () => {
    const { project } = await stored();
    const adapted = await headFile(1, manifest.digest, { adapted: true });
    await storage.putHead(aHead(project, { slot: 'kept', ...adapted, adapted: true }));
    const id = await takeIn(await exportProject(storage, project.id, { trunk }));
    expect(await storage.head(id, 'kept')).toMatchObject({ revision: adapted.revision, adapted: true });
    expect((await storage.head(id, 'live'))?.adapted).toBeUndefined();
  });

  it('of another trunk gives its photos, and says that the rest was left', async () => {
    const { project } = await stored();
    const file = await exportProject(storage, project.id, { trunk });
    let notes: ImportNotes | undefined;
    const id = await takeIn(file, { trunk: anotherTrunk, onNotes: (said) => (notes = said) });
    const { photos, features, heads } = await wholeOf(id);
    expect([photos.length, features.length, heads.length]).toEqual([3, 0, 0]);
    expect(notes).toEqual({ dropped: ['features', 'live', 'kept'], refused: [] });
  });

  it('that was unpacked and packed again, in a folder and deflated, is taken', async () => {
    const inFolder = new Map([...(await unpacked())].map(([path, bytes]) => [`leaves/${path}`, bytes]));
    expect(await codeOf(takeIn(pack(inFolder, 9)))).toBe('taken');
  });
});

describe('what is no project file', () => {
  type Entries = Map<string, Uint8Array>;
  const json = (entries: Entries, change: (project: ReturnType<typeof decodeProject>) => object) => {
    const project = decodeProject(entries.get('project.json') ?? new Uint8Array());
    entries.set('project.json', new TextEncoder().encode(JSON.stringify({ ...project, ...change(project) })));
  };
  const text = (words: string) => new TextEncoder().encode(words);

  it.each<readonly [string, (entries: Entries) => void]>([
    ['a photo that is a web page', (entries) => entries.set('photos/1.jpg', text('<!doctype html><script>'))],
    ['a photo of another format than is said', (entries) => entries.set('photos/3.png', jpeg)],
    ['a photo that is missing', (entries) => entries.delete('photos/2.jpg')],
    [
      'a photo that is as long as is said, and is none',
      (entries) => entries.set('photos/1.jpg', new Uint8Array(jpeg.length).fill(7)),
    ],
    [
      'a photo of another size than is said',
      (entries) =>
        json(entries, ({ examples }) => ({ examples: examples.map((one) => ({ ...one, width: 1 })) })),
    ],
    [
      'a path that leads out',
      (entries) => {
        entries.set('../1.jpg', jpeg);
        json(entries, ({ examples }) => ({
          examples: examples.map((one) => ({ ...one, photo: '../1.jpg' })),
        }));
      },
    ],
    ['a project that is not JSON', (entries) => entries.set('project.json', text('{'))],
    ['a project of another family', (entries) => json(entries, () => ({ schema: 'someone.else/1' }))],
    ['a head that is none', (entries) => entries.set('head.safetensors', text('no head'))],
    ['a head that is missing', (entries) => entries.delete('kept-head.safetensors')],
    [
      'a head for more classes than it has labels',
      (entries) => json(entries, ({ heads }) => ({ heads: { ...heads, live: { classes: [0], madeAt: 0 } } })),
    ],
    [
      'features that are not numbers',
      (entries) => {
        const file = decodeSafetensors(entries.get('features.safetensors') ?? new Uint8Array(), {
          maxBytes: 1e6,
        });
        const data = Float32Array.of(0, 0, Number.NaN, 0, 0, 0);
        const tensors = new Map([['features', { dtype: 'F32', shape: [2, 3], data } as const]]);
        entries.set(
          'features.safetensors',
          encodeSafetensors({ ...file, tensors }, { allowNonFinite: true }),
        );
      },
    ],
    [
      'features of another length',
      (entries) => {
        const features = { recipe: recipeOf(manifest), examples: [0, 1], values: new Float32Array(8) };
        entries.set('features.safetensors', encodeFeatures(features));
      },
    ],
    ['nothing at all', (entries) => entries.clear()],
  ])('is refused: %s', async (_, change) => {
    const entries = await unpacked();
    expect(await codeOf(takeIn(pack(entries)))).toBe('taken');
    change(entries);
    expect(await codeOf(takeIn(pack(entries)))).toBe('project_file_invalid');
    expect(await storage.projects()).toHaveLength(1);
  });

  it('is told from a file of a newer version', async () => {
    const entries = await unpacked();
    json(entries, () => ({ schema: 'topwork.project/2' }));
    expect(await codeOf(takeIn(pack(entries)))).toBe('project_file_newer');
    expect(await storage.projects()).toEqual([]);
  });

  it.each([
    ['nothing', () => new Uint8Array()],
    ['another kind of file', () => jpeg],
    ['zeros', () => new Uint8Array(1000)],
  ])('is refused: %s', async (_, bytes) => {
    expect(await codeOf(takeIn(new Blob([bytes()])))).toBe('project_file_invalid');
  });

  it('is refused wherever a download was cut off', async () => {
    const bytes = await bytesOf(pack(await unpacked()));
    for (let i = 0; i < 40; i++) {
      const part = bytes.slice(0, Math.floor((bytes.length * i) / 40));
      expect(await codeOf(takeIn(new Blob([part])))).toBe('project_file_invalid');
    }
    expect(await storage.projects()).toEqual([]);
  });

  it('is refused when a byte of it was damaged', async () => {
    const whole = await bytesOf(pack(await unpacked()));
    // Wherever it is; a name of the directory or a date may pass, for nothing depends on it.
    let refused = 0;
    for (let i = 0; i < 40; i++) {
      const bytes = whole.slice();
      const at = Math.floor((bytes.length * i) / 40) + 31;
      bytes[at] = (bytes[at] ?? 0) ^ 0x10;
      const code = await codeOf(takeIn(new Blob([bytes])));
      expect(['project_file_invalid', 'taken']).toContain(code);
      if (code !== 'taken') refused++;
    }
    expect(refused).toBeGreaterThan(35);
  });

  /** Changes the directory's record of an entry: at an offset in it, a uint32. */
  async function withRecord(file: Blob, entry: string, at: number, value: number): Promise<Blob> {
    const bytes = await bytesOf(file);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i + 46 < bytes.length; i++) {
      if (view.getUint32(i, true) !== 0x02014b50) continue;
      const itsName = new TextDecoder().decode(bytes.subarray(i + 46, i + 46 + view.getUint16(i + 28, true)));
      if (itsName !== entry) continue;
      view.setUint32(i + at, value, true);
      return new Blob([bytes]);
    }
    throw new Error(`There is no ${entry}.`);
  }
  const UNPACKED = 24;
  const OFFSET = 42;

  it('is refused when it would unpack to more than is said', async () => {
    const entries = await unpacked();
    entries.set('project.json', new Uint8Array(4_000_000));
    expect(await codeOf(takeIn(await withRecord(pack(entries, 9), 'project.json', UNPACKED, 1000)))).toBe(
      'project_file_invalid',
    );
  });

  it('is refused when it says that it unpacks to more than is taken', async () => {
    const file = pack(await unpacked(), 9);
    const large = await withRecord(file, 'photos/1.jpg', UNPACKED, MAX_PROJECT_BYTES);
    await expect(openZip(large, { ...LIMITS, maxBytes: MAX_PROJECT_BYTES })).rejects.toThrow('unpacks to');
    expect(await codeOf(takeIn(large))).toBe('project_file_invalid');
  });

  it('is refused when two entries share their bytes, as in a bomb', async () => {
    const file = await withRecord(pack(await unpacked()), 'photos/2.jpg', OFFSET, 0);
    await expect(openZip(file, LIMITS)).rejects.toThrow('overlaps');
    expect(await codeOf(takeIn(file))).toBe('project_file_invalid');
  });

  it('is refused when it has more entries than are taken, or one twice', async () => {
    const file = pack(new Map([...'abc'].map((letter) => [letter, jpeg])));
    await expect(openZip(file, { ...LIMITS, maxEntries: 2 })).rejects.toThrow('3 entries');
    const bytes = await bytesOf(file);
    // The last "b" is in the directory.
    bytes[bytes.lastIndexOf('b'.charCodeAt(0))] = 'a'.charCodeAt(0);
    await expect(openZip(new Blob([bytes]), LIMITS)).rejects.toThrow('twice');
  });
});

describe('a zip of folders', () => {
  const prepare: ImportHooks['prepare'] = async (file) => {
    const bytes = await bytesOf(file);
    if (bytes[0] === 'x'.charCodeAt(0)) throw new AppError('image_unsupported', { detail: 'not an image' });
    return { type: 'image/jpeg', data: bytes.buffer, width: 10, height: 8 };
  };
  const files = (paths: readonly string[]) =>
    pack(new Map(paths.map((path) => [path, new TextEncoder().encode(path.includes('bad') ? 'x' : path)])));

  it('becomes a project: each folder a class, pictures in the order of their names', async () => {
    const id = await takeIn(
      files(['set/cat/10.jpg', 'set/cat/2.jpg', 'set/dog/1.PNG', 'set/readme.txt', 'other/cat/1.webp']),
      { prepare },
    );
    const { project, examples, photos } = await wholeOf(id);
    expect(project.title).toBe('My leaves');
    expect(project.classes.map(({ name: label }) => label)).toEqual(['cat', 'dog']);
    const paths = new Map(photos.map((photo) => [photo.id, new TextDecoder().decode(photo.data)]));
    expect(examples.map(({ id: example }) => paths.get(example))).toEqual([
      ...['other/cat/1.webp', 'set/cat/2.jpg', 'set/cat/10.jpg', 'set/dog/1.PNG'],
    ]);
    expect(new Set(examples.map(({ source, burst }) => `${source} ${burst}`))).toEqual(
      new Set(['import null']),
    );
  });

  it('takes flat archives too', async () => {
    const id = await takeIn(files(['manifest.txt', 'Class 1-!-0.png', 'Class 1-!-1.png', 'Übung-!-0.png']), {
      prepare,
    });
    expect((await wholeOf(id)).project.classes.map(({ name: label }) => label)).toEqual(['Class 1', 'Übung']);
    const samples = await takeIn(new File([files(['0.jpg', '1.jpg'])], 'Mug-samples.zip'), { prepare });
    expect((await wholeOf(samples)).project.classes.map(({ name: label }) => label)).toEqual(['Mug']);
  });

  it('leaves hidden files, names what it cannot read, and takes the rest', async () => {
    let notes: ImportNotes | undefined;
    const id = await takeIn(files(['cat/1.jpg', 'cat/bad.jpg', '__MACOSX/cat/._1.jpg', 'cat/.2.jpg']), {
      prepare,
      onNotes: (said) => (notes = said),
    });
    expect(await storage.examples(id)).toHaveLength(1);
    expect(notes?.refused.map((one) => one.name)).toEqual(['cat/bad.jpg']);
  });

  it('uses no name as a path', async () => {
    const id = await takeIn(files(['../../etc/1.jpg', '..\\x\\2.jpg', '/abs/3.jpg']), { prepare });
    const { classes } = (await wholeOf(id)).project;
    expect(classes.every(({ name: label }) => !/[\\/]/.test(label))).toBe(true);
  });

  it('is refused when nothing in it can be read', async () => {
    expect(await codeOf(takeIn(files(['cat/bad.jpg', 'dog/bad.png']), { prepare }))).toBe(
      'project_file_invalid',
    );
    expect(await storage.projects()).toEqual([]);
  });

  it('is stored whole or not at all when preparing stops', async () => {
    const crash = () => Promise.reject(new Error('crashed'));
    expect(await codeOf(takeIn(files(['cat/1.jpg']), { prepare: crash }))).toBe('Error: crashed');
    expect(await storage.projects()).toEqual([]);
  });
});

describe('copyProject', () => {
  it('gives the same project with other ids, not connected', async () => {
    const whole = await stored();
    const copy = copyProject(whole, { title: 'Again', now: 9000 });
    await storage.putWholeProject(copy);
    expect(contentOf(await wholeOf(copy.project.id))).toEqual({
      ...contentOf(whole),
      ...{ title: 'Again', createdAt: 9000, sync: null },
    });
    expect(contentOf(await wholeOf(whole.project.id))).toEqual(contentOf(whole));
  });
});
