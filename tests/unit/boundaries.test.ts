// The fence between the rooms: what each folder may import, read from the sources.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/** From left to right: a room imports only itself and rooms before it. */
const ROOMS = ['contract', 'image', 'kernels', 'trunk', 'head', 'artifact', 'sync'];
const TF_CORE = /^@tensorflow\/tfjs-core$/;
const TF = /^@tensorflow\//;

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

/** Every static and dynamic import of a source text; relative ones as paths from the root. */
function importsOf(file: string, text: string): readonly Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const found = code.matchAll(
    /(?:import|export)\s+(type\s)?[^'"`;()]*?from\s*['"]([^'"]+)['"]|import\s*\(\s*['"]([^'"]+)['"]|(?<!['"])import\s*['"]([^'"]+)['"]/g,
  );
  return [...found].map((match) => {
    const target = match[2] ?? match[3] ?? match[4] ?? '';
    return {
      file,
      target: target.startsWith('.') ? relative('.', join(dirname(file), target)) : target,
      typeOnly: match[1] !== undefined,
    };
  });
}

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

function allImports(folder: string): readonly Import[] {
  return sources(folder).flatMap((file) => importsOf(file, readFileSync(file, 'utf8')));
}

const isPackage = (target: string) => !/^(src|app|worker|scripts|tests|bench)\//.test(target);

describe('the import reader', () => {
  it('finds static, type-only, side-effect, re-exported and dynamic imports, and nothing in comments', () => {
    const text = `
      import { a } from '../b/c.ts';
      import type { D } from 'pkg';
      import './e.ts';
      export { f } from './f.ts';
      // import x from 'comment';
      /* import y from 'comment'; */
      const word = 'import', other = 'word';
      const g = await import('./g.ts');`;
    expect(importsOf('src/a/a.ts', text).map(({ target, typeOnly }) => [target, typeOnly])).toEqual([
      ['src/b/c.ts', false],
      ['pkg', true],
      ['src/a/e.ts', false],
      ['src/a/f.ts', false],
      ['src/a/g.ts', false],
    ]);
  });
});

describe('src', () => {
  it.each(ROOMS)('%s imports only itself and the rooms to its left', (room) => {
    const allowed = ROOMS.slice(0, ROOMS.indexOf(room) + 1).map((name) => `src/${name}/`);
    const imports = allImports(`src/${room}`);
    expect(imports.length).toBeGreaterThan(0);
    const wrong = imports.filter(
      ({ target }) => !isPackage(target) && !allowed.some((a) => target.startsWith(a)),
    );
    expect(wrong).toEqual([]);
  });

  it.each(['contract', 'image', 'artifact', 'sync'])('%s does without tensors', (room) => {
    expect(allImports(`src/${room}`).filter(({ target }) => TF.test(target))).toEqual([]);
  });

  it.each(['trunk', 'head'])('%s knows tfjs-core and no backend', (room) => {
    expect(
      allImports(`src/${room}`).filter(({ target }) => TF.test(target) && !TF_CORE.test(target)),
    ).toEqual([]);
  });

  it('kernels knows tfjs-core and nothing else', () => {
    const outside = allImports('src/kernels').filter(
      ({ file, target }) =>
        !file.startsWith('src/kernels/assembly/') &&
        !target.startsWith('src/kernels/') &&
        !TF_CORE.test(target),
    );
    expect(outside).toEqual([]);
  });

  it('client takes types alone from contract, and nothing from anywhere else', () => {
    const outside = allImports('src/client').filter(({ target }) => !target.startsWith('src/client/'));
    expect(outside.length).toBeGreaterThan(0);
    expect(
      outside.filter(({ target, typeOnly }) => !typeOnly || !target.startsWith('src/contract/')),
    ).toEqual([]);
  });

  it('imports no module of Node and no other package than the few it is built on', () => {
    const packages = allImports('src')
      .filter(({ target }) => isPackage(target))
      .map(({ target }) => target);
    const known = /^(valibot|@tensorflow\/tfjs-core|@jsquash\/webp\/.*)$/;
    expect(packages.filter((name) => !known.test(name))).toEqual([]);
  });
});

describe('the platforms', () => {
  it('app takes types alone from worker, and nothing from scripts or tests', () => {
    const wrong = allImports('app').filter(
      ({ target, typeOnly }) =>
        /^(scripts|tests)\//.test(target) || (target.startsWith('worker/') && !typeOnly),
    );
    expect(wrong).toEqual([]);
  });

  it('worker takes nothing from app, scripts, tests or Node', () => {
    // The examples are texts: programs of other people's, which run in Node.
    const imports = allImports('worker').filter(({ file }) => file !== 'worker/openapi/examples.ts');
    expect(imports.filter(({ target }) => /^(app|scripts|tests)\/|^node:/.test(target))).toEqual([]);
  });

  it('worker keeps the backend in worker/inference', () => {
    const outside = allImports('worker').filter(
      ({ file, target }) => TF.test(target) && !file.startsWith('worker/inference/'),
    );
    expect(outside).toEqual([]);
  });
});
