import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeFeatures,
  decodeProject,
  encodeFeatures,
  encodeProject,
  isNewerProject,
  type ProjectFeatures,
  type ProjectManifest,
  photoPath,
  photoType,
} from '../../../src/artifact/project-file.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../src/artifact/safetensors.ts';
import { MAX_PROJECT_JSON_BYTES } from '../../../src/contract/limits.ts';
import { golden, mayRefuse, metadata, refusal } from './fixtures.ts';

const { model, trunk, statistics, cut, pooling, preprocessing } = metadata;
const recipe = { model, trunk, statistics, cut, pooling, preprocessing };

const features: ProjectFeatures = {
  recipe,
  examples: [0, 2],
  values: Float32Array.of(0.5, -1, 0, 3, 0.25, 1e-7),
};

const example: ProjectManifest['examples'][number] = {
  ...{ photo: 'photos/1.jpg', class: 0, burst: 0, addedAt: 1_790_000_000_000, source: 'camera' },
  ...{ width: 640, height: 480, bytes: 12_345 },
};
const project: ProjectManifest = {
  schema: 'topwork.project/1',
  title: 'Äpfel & Birnen',
  model,
  createdAt: 1_790_000_000_000,
  answers: { topK: 3, threshold: 0.5 },
  classes: [
    { name: 'Äpfel', colour: 0 },
    { name: 'pears "ripe"', colour: 1 },
  ],
  examples: [
    example,
    { ...example, photo: 'photos/2.webp', class: 1, burst: null, source: 'file' },
    { ...example, photo: 'photos/3.png', class: 1, burst: 1, source: 'share' },
  ],
  heads: { live: { classes: [0, 1], madeAt: 1_790_000_000_001 }, kept: { classes: [1, null], madeAt: 0 } },
};

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
/** What the project is refused with after a change of its JSON. */
const refusedWith = (change: object) => refusal(() => decodeProject(bytesOf({ ...project, ...change })));

describe('project.json', () => {
  it('is read as it was written', () => {
    expect(decodeProject(encodeProject(project))).toEqual(project);
  });

  it('still reads the fixture of version 1, and writes it to the byte', () => {
    const bytes = golden('project-v1.json');
    expect(decodeProject(bytes)).toEqual(project);
    expect(encodeProject(project)).toEqual(bytes);
  });

  it('ignores keys that version 1 does not know', () => {
    expect(decodeProject(bytesOf({ ...project, mood: 'fine' }))).toEqual(project);
  });

  it.each([
    ['text that is not JSON', () => new TextEncoder().encode('{"schema":'), 'is not'],
    ['bytes that are not UTF-8', () => Uint8Array.of(0x22, 0xff, 0x22), 'is not'],
    ['JSON of another kind', () => bytesOf([1]), 'names no schema'],
    ['another schema', () => bytesOf({ ...project, schema: 'topwork.head/1' }), 'Choose another file'],
  ])('refuses %s', (_, bytes, words) => {
    const said = refusal(() => decodeProject(bytes()));
    expect(said).toMatch(/^artifact_invalid/);
    expect(said).toContain(words);
    expect(isNewerProject(bytes())).toBe(false);
  });

  it('tells a file of a newer version, and says to update', () => {
    const newer = bytesOf({ schema: 'topwork.project/2', nothing: 'is known of the rest' });
    expect(isNewerProject(newer)).toBe(true);
    expect(refusal(() => decodeProject(newer))).toContain('Update Topwork');
  });

  it('refuses more bytes than it may have', () => {
    expect(refusal(() => decodeProject(new Uint8Array(MAX_PROJECT_JSON_BYTES + 1)))).toMatch(
      /^artifact_too_large/,
    );
  });

  it.each([
    ['a photo outside of its folder', { examples: [{ ...example, photo: 'photos/../../1.jpg' }] }],
    ['a photo of another type', { examples: [{ ...example, photo: 'photos/1.svg' }] }],
    ['a photo twice', { examples: [example, example] }],
    ['a class that is not there', { examples: [{ ...example, class: 2 }] }],
    ['a class below 0', { examples: [{ ...example, class: -1 }] }],
    ['a time that is no date', { examples: [{ ...example, addedAt: 8.64e15 + 1 }] }],
    ['an unknown source', { examples: [{ ...example, source: 'mind' }] }],
    ['a photo without bytes', { examples: [{ ...example, bytes: 0 }] }],
    ['two classes of one name', { classes: [project.classes[0], { name: 'Äpfel ', colour: 3 }] }],
    ['a class without a name', { classes: [{ name: ' ', colour: 0 }], examples: [] }],
    ['a title without letters', { title: ' ' }],
    ['a threshold above 1', { answers: { topK: 3, threshold: 1.5 } }],
    ['a head whose class is not there', { heads: { live: { classes: [7], madeAt: 0 }, kept: null } }],
    ['a number where a list belongs', { examples: 3 }],
  ])('refuses %s', (_, change) => expect(refusedWith(change)).toMatch(/^artifact_invalid/));

  it('refuses any JSON with nothing but its own errors', () => {
    fc.assert(
      fc.property(fc.json(), (json) =>
        mayRefuse(['artifact_invalid'], () => decodeProject(new TextEncoder().encode(json))),
      ),
    );
  });
});

describe('photoPath', () => {
  it.each(['image/jpeg', 'image/png', 'image/webp'] as const)('gives %s back by photoType', (type) => {
    expect(photoType(photoPath(0, type))).toBe(type);
  });

  it('counts from 1', () => expect(photoPath(41, 'image/jpeg')).toBe('photos/42.jpg'));
});

describe('features.safetensors', () => {
  it('is read as it was written', () => {
    expect(decodeFeatures(encodeFeatures(features), 3)).toEqual(features);
  });

  it('still reads the fixture of version 1, and writes it to the byte', () => {
    const bytes = golden('features-v1.safetensors');
    expect(decodeFeatures(bytes, 3)).toEqual(features);
    expect(encodeFeatures(features)).toEqual(bytes);
  });

  it('refuses NaN when writing and when reading', () => {
    const values = features.values.map((value, i) => (i === 4 ? Number.NaN : value));
    expect(refusal(() => encodeFeatures({ ...features, values }))).toMatch(/^artifact_invalid/);
    const file = decodeSafetensors(encodeFeatures(features), { maxBytes: 1e6 });
    const tensors = new Map([['features', { dtype: 'F32', shape: [2, 3], data: values } as const]]);
    const bytes = encodeSafetensors({ ...file, tensors }, { allowNonFinite: true });
    expect(refusal(() => decodeFeatures(bytes, 3))).toMatch(/^artifact_invalid.*not finite/);
  });

  it.each([
    ['an example that the project has not', [0, 3]],
    ['an example twice', [2, 2]],
    ['examples out of order', [2, 0]],
    ['more examples than rows', [0, 1, 2]],
    ['no example', []],
  ])('refuses %s', (_, examples) => {
    const file = decodeSafetensors(encodeFeatures(features), { maxBytes: 1e6 });
    const texts = new Map(file.metadata).set('examples', JSON.stringify(examples));
    const bytes = encodeSafetensors({ ...file, metadata: texts });
    expect(refusal(() => decodeFeatures(bytes, 3))).toMatch(/^artifact_invalid/);
  });

  it('refuses what does not say of which trunk it is', () => {
    const file = decodeSafetensors(encodeFeatures(features), { maxBytes: 1e6 });
    const texts = new Map(file.metadata);
    texts.delete('trunk');
    expect(refusal(() => decodeFeatures(encodeSafetensors({ ...file, metadata: texts }), 3))).toMatch(
      /^artifact_invalid/,
    );
  });

  it('refuses a truncated file', () => {
    const bytes = encodeFeatures(features);
    for (let length = 0; length < bytes.length; length += 7)
      expect(refusal(() => decodeFeatures(bytes.subarray(0, length), 3))).toMatch(/^artifact_/);
  });
});
