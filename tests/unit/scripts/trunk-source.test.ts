import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTrunkSource } from '../../../scripts/support/trunk-source.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** A folder with these files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = tempFolder();
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  return folder;
}

const refused = (code: string) => expect.objectContaining({ name: 'AppError', code });

describe('openTrunkSource', () => {
  it('reads a folder with model.json and its shards', async () => {
    const folder = folderWith({ 'model.json': '{"a":[1]}', 'w.bin': 'abc' });
    const source = openTrunkSource(folder);
    expect(source.modelJson).toEqual({ a: [1] });
    expect([...(await source.readShard('w.bin'))]).toEqual([97, 98, 99]);
    expect(source.licence).toBeNull();
    expect(folder.endsWith(source.description)).toBe(true);
  });

  it('reads CommonJS modules that export the JSON and the shards in base64', async () => {
    const source = openTrunkSource(
      folderWith({
        'model.min.js': 'module.exports = { a: [1] };',
        'w.min.js': 'exports = module.exports = "YWJj";',
      }),
    );
    expect(source.modelJson).toEqual({ a: [1] });
    expect([...(await source.readShard('w'))]).toEqual([97, 98, 99]);
  });

  it('reads a model of a package, with its licence and where it is from', () => {
    const source = openTrunkSource('nsfwjs/dist/models/mobilenet_v2');
    expect(source.licence).toEqual({ id: 'MIT', text: expect.stringContaining('MIT License') });
    expect(source.description).toBe('npm:nsfwjs@4.4.0/dist/models/mobilenet_v2');
    expect(source.modelJson).toHaveProperty('weightsManifest');
  });

  it('lets a module see nothing of this process', () => {
    const seen = openTrunkSource(
      folderWith({
        'model.min.js':
          'module.exports = [typeof require, typeof process, typeof fetch, Object.keys(globalThis)];',
      }),
    ).modelJson;
    expect(seen).toEqual(['undefined', 'undefined', 'undefined', ['module', 'exports']]);
  });

  it.each([
    'module.constructor.constructor("return process")().exit(7)',
    'this.constructor.constructor("return process")().exit(7)',
    'eval("1")',
    'throw { get message() { throw 1; } }',
    'module.exports = () => 1',
    'module.exports = { toJSON() { return undefined; } }',
    'JSON.stringify = () => ({ toString() { return "{}"; } })',
    'syntax error',
  ])('refuses the module %s', (text) => {
    const folder = folderWith({ 'model.min.js': text });
    expect(() => openTrunkSource(folder)).toThrow(refused('model_invalid'));
  });

  it.each<[string, string, () => string]>([
    ['a folder without a model', 'not_found', () => folderWith({})],
    ['a model.json that is no JSON', 'model_invalid', () => folderWith({ 'model.json': '{' })],
    ['a package that is not installed', 'not_found', () => 'no-such-package-here'],
    ['a package without a model', 'not_found', () => 'valibot'],
    ['a folder of a package without a model', 'not_found', () => 'nsfwjs/dist'],
    ['a package with several models', 'request_invalid', () => 'nsfwjs'],
    ['a path that is not there', 'not_found', () => '../nowhere'],
    ['an absolute path that is not there', 'not_found', () => '/nowhere/at/all'],
    ['nothing', 'not_found', () => ''],
    ['a scope', 'not_found', () => '@tensorflow'],
  ])('refuses %s', (_, code, spec) => {
    expect(() => openTrunkSource(spec())).toThrow(refused(code));
  });

  it.each<[string, string, string]>([
    ['is missing', 'gone.bin', 'model_truncated'],
    ['lies outside the folder', '../secret', 'model_invalid'],
    ['lies beside the folder, under a longer name', '../model-secret', 'model_invalid'],
  ])('refuses a shard that %s', async (_, path, code) => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'model'));
    writeFileSync(join(folder, 'model/model.json'), '{}');
    for (const name of ['secret', 'model-secret']) writeFileSync(join(folder, name), 'x');
    await expect(openTrunkSource(join(folder, 'model')).readShard(path)).rejects.toMatchObject({ code });
  });

  it('refuses a shard module that is no text', async () => {
    const folder = folderWith({ 'model.min.js': 'module.exports = {};', 'w.min.js': 'module.exports = 5;' });
    await expect(openTrunkSource(folder).readShard('w')).rejects.toMatchObject({ code: 'model_invalid' });
  });
});
