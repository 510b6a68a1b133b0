// Where a trunk to be imported comes from: a folder, or an installed npm package that ships a tfjs layers-model, as
// files or (as some do, for bundlers) as CommonJS modules that export the JSON and the weights in base64.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import * as v from 'valibot';
import { AppError } from '../../src/contract/errors.ts';

export interface TrunkSource {
  readonly modelJson: unknown;
  readonly readShard: (path: string) => Promise<Uint8Array>;
  /** SPDX id and text, where the source says. */
  readonly licence: { readonly id: string; readonly text: string | null } | null;
  /** For the manifest: "npm:name@version/path", or the folder's name. */
  readonly description: string;
}

const PackageJson = v.object({ version: v.string(), license: v.optional(v.string()) });

/**
 * @param spec a folder with model.json, or an installed package: `name`, or `name/path/to/model/folder`
 * @throws AppError `not_found`, `model_invalid`
 */
export function openTrunkSource(spec: string): TrunkSource {
  if (existsSync(spec) && statSync(spec).isDirectory())
    return { ...openFolder(resolve(spec)), licence: null, description: basename(resolve(spec)) };
  const parts = spec.split('/');
  const name = parts.slice(0, spec.startsWith('@') ? 2 : 1).join('/');
  const inside = parts.slice(spec.startsWith('@') ? 2 : 1).join('/');
  const root = packageRoot(name, spec);
  const { version, license } = check(
    PackageJson,
    parseJson(join(root, 'package.json')),
    `The package ${name}`,
  );
  const folders = inside === '' ? findModels(root) : [join(root, inside)];
  const [folder] = folders;
  if (folder === undefined || folders.length > 1)
    throw new AppError(folder === undefined ? 'not_found' : 'request_invalid', {
      detail:
        folder === undefined
          ? `The package ${name} holds no tfjs layers-model.`
          : `The package ${name} holds several models; name one: ${folders.map((f) => `${name}/${relative(root, f)}`).join(', ')}.`,
    });
  const licenceFile = readdirSync(root).find((file) => /^licen[cs]e/i.test(file));
  const text = licenceFile === undefined ? null : readFileSync(join(root, licenceFile), 'utf8');
  return {
    ...openFolder(folder),
    licence: license === undefined ? null : { id: license, text },
    description: `npm:${name}@${version}/${relative(root, folder)}`,
  };
}

function packageRoot(name: string, spec: string): string {
  const isName = /^(@[\w.-]+\/)?\w[\w.-]*$/.test(name);
  const paths = (isName && createRequire(import.meta.url).resolve.paths(name)) || [];
  const root = paths.map((path) => join(path, name)).find((path) => existsSync(join(path, 'package.json')));
  if (root === undefined)
    throw new AppError('not_found', {
      detail: `There is neither a folder nor an installed package "${spec}"; install the package, or correct the path.`,
    });
  return root;
}

function findModels(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const here = entries.some((entry) => MODEL_FILES.includes(entry.name)) ? [folder] : [];
  const below = entries
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .flatMap((entry) => findModels(join(folder, entry.name)));
  return [...here, ...below];
}

const MODEL_FILES = ['model.json', 'model.min.js'];

function openFolder(folder: string): Pick<TrunkSource, 'modelJson' | 'readShard'> {
  const file = MODEL_FILES.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (file === undefined) throw new AppError('not_found', { detail: `There is no model.json in ${folder}.` });
  const asModule = file.endsWith('.js');
  return {
    modelJson: asModule ? evaluate(file) : parseJson(file),
    readShard: async (path) => {
      const shard = join(dirname(file), asModule ? `${path}.min.js` : path);
      if (relative(dirname(file), shard).startsWith('..'))
        throw new AppError('model_invalid', {
          detail: `The shard "${path}" lies outside the model's folder.`,
        });
      if (!existsSync(shard))
        throw new AppError('model_truncated', { detail: `The shard "${path}" is missing.` });
      return asModule
        ? new Uint8Array(Buffer.from(check(v.string(), evaluate(shard), `The shard "${path}"`), 'base64'))
        : readFileSync(shard);
    },
  };
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new AppError('model_invalid', { detail: `${file} is not JSON.`, cause });
  }
}

function check<S extends v.GenericSchema>(schema: S, value: unknown, what: string): v.InferOutput<S> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  throw new AppError('model_invalid', { detail: `${what} is not as expected: ${parsed.issues[0].message}.` });
}

/**
 * What a CommonJS module exports, run in a realm of its own without `require`. The text of the result is made inside:
 * no object of this realm goes in and none of that realm comes out.
 */
function evaluate(file: string): unknown {
  const source = readFileSync(file, 'utf8');
  try {
    const realm = createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
    const run = (code: string): unknown => runInContext(code, realm, { timeout: 30_000 });
    run('var module = { exports: {} }, exports = module.exports;');
    run(source);
    return JSON.parse(v.parse(v.string(), run('JSON.stringify(module.exports)')));
  } catch (cause) {
    throw new AppError('model_invalid', { detail: `${file} does not export a model as a module.`, cause });
  }
}
