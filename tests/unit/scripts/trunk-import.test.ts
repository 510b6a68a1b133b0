// The command, run as a user runs it: what it writes, and that nothing is lost when it fails.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { safetensors as otherReader } from '@jax-js/loaders';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { importTrunkFolder } from '../../../scripts/support/import-trunk.ts';
import { decodeStatistics } from '../../../src/artifact/statistics-file.ts';
import { sha256Hex } from '../../../src/contract/digest.ts';
import { ModelManifest } from '../../../src/contract/manifest.ts';
import { digestStatistics, readStatistics } from '../../../src/trunk/batch-norm.ts';
import { filesIn, tempFolder } from '../../support/temp-folder.ts';
import { loadTrunk } from '../../support/trunk.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PACKAGE = 'nsfwjs/dist/models/mobilenet_v2';

function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/trunk-import.ts', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** A folder with a small model: a convolution and a BatchNorm, all weights 0.5. */
function smallModel(
  change: { readonly json?: object; readonly weights?: number; readonly paths?: readonly string[] } = {},
): string {
  const folder = tempFolder();
  const sizes = {
    'c/kernel': [1, 1, 3, 2],
    'n/gamma': [2],
    'n/beta': [2],
    'n/moving_mean': [2],
    'n/moving_variance': [2],
  };
  const json = {
    modelTopology: {
      class_name: 'Sequential',
      config: [
        {
          class_name: 'Conv2D',
          config: {
            name: 'c',
            filters: 2,
            kernel_size: 1,
            use_bias: false,
            batch_input_shape: [null, 40, 48, 3],
          },
        },
        { class_name: 'BatchNormalization', config: { name: 'n' } },
      ],
    },
    weightsManifest: [
      {
        paths: change.paths ?? ['w.bin'],
        weights: Object.entries(sizes).map(([name, shape]) => ({ name, shape, dtype: 'float32' })),
      },
    ],
    ...change.json,
  };
  writeFileSync(join(folder, 'model.json'), JSON.stringify(json));
  writeFileSync(
    join(folder, 'w.bin'),
    new Uint8Array(new Float32Array(change.weights ?? 14).fill(0.5).buffer),
  );
  return folder;
}

describe('npm run trunk:import', () => {
  it('writes the folder of the default trunk from its package', async () => {
    const into = tempFolder();
    const { status, stdout, stderr } = run(
      PACKAGE,
      ...['--name', 'm', '--into', into, '--cut', 'block_13_expand_relu', '--size', '160'],
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('2.52 MB');
    expect(stdout).toContain('block_13_expand_relu');

    const files = filesIn(join(into, 'm'));
    const { model, manifest } = await loadTrunk(join(into, 'm'));
    expect([...files.keys()].sort()).toEqual(
      [...manifest.files.map(({ path }) => path), 'manifest.json'].sort(),
    );
    for (const { path, bytes, sha256 } of manifest.files) {
      const content = files.get(path) ?? new Uint8Array();
      expect(content.length).toBe(bytes);
      expect(await sha256Hex(content)).toBe(sha256);
    }
    expect(manifest).toMatchObject({
      name: 'm',
      input: { size: 224, range: [0, 1] },
      defaults: { cut: 'block_13_expand_relu', pooling: '1x1', size: 160 },
      licence: 'MIT',
      source: 'npm:nsfwjs@4.4.0/dist/models/mobilenet_v2',
      parameters: 2_257_984,
    });
    expect(manifest.digest).toBe(await sha256Hex(files.get('model.json') ?? new Uint8Array()));
    expect(new TextDecoder().decode(files.get('LICENSE'))).toContain('MIT License');

    // The statistics file is that of the model, and another implementation reads the same numbers.
    const bn = files.get('bn.safetensors') ?? new Uint8Array();
    const byName = (a: { layer: string }, b: { layer: string }) => (a.layer < b.layer ? -1 : 1);
    expect(decodeStatistics(bn).sort(byName)).toEqual([...readStatistics(model)].sort(byName));
    expect(await digestStatistics(decodeStatistics(bn))).toBe(manifest.statistics);
    expect(Object.keys(otherReader.parse(new Uint8Array(bn)).tensors)).toHaveLength(2 * 52);
  });

  it('imports a folder, with what the user says of it', async () => {
    const into = tempFolder();
    const options = [
      '--range=-1,1',
      '--pooling',
      '2x2',
      '--licence',
      'Apache-2.0',
      '--size',
      '64',
      '--top',
      'n',
    ];
    expect(run(smallModel(), '--name', 'small', '--into', into, ...options)).toMatchObject({
      status: 0,
      stderr: '',
    });
    const manifest = v.parse(
      ModelManifest,
      JSON.parse(readFileSync(join(into, 'small/manifest.json'), 'utf8')),
    );
    expect(manifest).toMatchObject({
      input: { size: 40, range: [-1, 1] },
      defaults: { cut: 'n', pooling: '2x2', size: 64 },
      licence: 'Apache-2.0',
    });
  });

  it.each<[string, string, readonly string[]]>([
    ['no source', 'request_invalid', ['--name', 'x']],
    ['no name', 'request_invalid', [PACKAGE]],
    ['a name that is a path', 'request_invalid', [PACKAGE, '--name', '../x']],
    ['an option that it does not know', 'request_invalid', [PACKAGE, '--name', 'x', '--colour', 'red']],
    ['a range of one', 'request_invalid', [PACKAGE, '--name', 'x', '--range', '1']],
    ['a range of three', 'request_invalid', [PACKAGE, '--name', 'x', '--range', '0,1,2']],
    ['a pooling that it does not know', 'request_invalid', [PACKAGE, '--name', 'x', '--pooling', '3x3']],
    ['a size that is too small', 'request_invalid', [PACKAGE, '--name', 'x', '--size', '8']],
    ['a cut that is none', 'request_invalid', [PACKAGE, '--name', 'x', '--cut', 'Conv1']],
    ['a top that is no cut', 'model_invalid', [PACKAGE, '--name', 'x', '--top', 'Conv1']],
    ['a package of several models', 'request_invalid', ['nsfwjs', '--name', 'x']],
    ['neither folder nor package', 'not_found', ['/nowhere/at/all', '--name', 'x']],
  ])('refuses %s in one line', (_, code, args) => {
    const into = tempFolder();
    const { status, stdout, stderr } = run(...args, '--into', into);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(new RegExp(`^${code}: `));
    expect(filesIn(into).size).toBe(0);
  });
});

describe('importTrunkFolder', () => {
  let into: string;
  const importFrom = (source: string) => importTrunkFolder({ source, name: 'small', into });

  it.each<[string, string, () => string]>([
    ['a truncated shard', 'model_truncated', () => smallModel({ weights: 13 })],
    ['extra bytes', 'model_invalid', () => smallModel({ weights: 15 })],
    ['no shard', 'model_truncated', () => smallModel({ paths: ['gone.bin'] })],
    ['a missing weight', 'model_weight_missing', () => smallModel({ json: { weightsManifest: [] } })],
    ['no topology', 'model_invalid', () => smallModel({ json: { modelTopology: {} } })],
    ['a shard outside its folder', 'model_invalid', () => smallModel({ paths: ['../../etc/hostname'] })],
  ])('leaves the folder as it was when the source has %s', async (_, code, source) => {
    into = tempFolder();
    await importFrom(smallModel());
    const before = filesIn(into);
    expect(before.size).toBe(4);
    await expect(importFrom(source())).rejects.toMatchObject({ name: 'AppError', code });
    expect(filesIn(into)).toEqual(before);
  });

  it('replaces the folder as a whole', async () => {
    into = tempFolder();
    await importFrom(smallModel());
    writeFileSync(join(into, 'small/left-over.txt'), '');
    await importFrom(smallModel());
    expect([...filesIn(into).keys()]).not.toContain('small/left-over.txt');
  });

  it('writes the same bytes for the same source', async () => {
    into = tempFolder();
    const source = smallModel();
    await importFrom(source);
    const first = filesIn(into);
    await importFrom(source);
    expect(filesIn(into)).toEqual(first);
  });
});
