// npm ci refuses a lock file that lacks an optional package, also one of another platform; npm install may drop them.
import { existsSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';

const names = v.optional(v.record(v.string(), v.string()), {});
const Lock = v.object({
  packages: v.record(
    v.string(),
    v.looseObject({
      resolved: v.optional(v.string()),
      dependencies: names,
      devDependencies: names,
      optionalDependencies: names,
    }),
  ),
});

describe.each(['package-lock.json', 'bench/package-lock.json'].filter(existsSync))('%s', (file) => {
  const { packages } = v.parse(Lock, JSON.parse(readFileSync(file, 'utf8')));

  it('has every optional package of every platform', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
      ),
    );
    expect(missing).toEqual([]);
  });

  it('names no registry', () => {
    expect(Object.values(packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  it('pins every direct dependency to one version', () => {
    const { dependencies = {}, devDependencies = {} } = packages[''] ?? {};
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, range]) => !/^\d/.test(range),
    );
    expect(loose).toEqual([]);
  });
});
