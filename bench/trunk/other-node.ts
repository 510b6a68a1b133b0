// The same benchmark under another Node that is at hand: the scripts here run under the one that npm installed, and the
// machine's own may be older.
import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { build } from 'vite';
import { printed } from '../printed.ts';
import type { NodeFigures } from './node.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Below bench/, where the peers are found. */
const BUNDLE = 'bench/node_modules/.cache/trunk';
/** The oldest that the project bears. */
const OLDEST = 20;

const Printed = v.custom<NodeFigures>((value) => v.is(v.looseObject({ cases: v.array(v.unknown()) }), value));

/** @returns null where there is no Node of another major version */
export async function benchTrunkElsewhere({
  quick,
}: {
  readonly quick: boolean;
}): Promise<NodeFigures | null> {
  const figures = await printedElsewhere('bench/trunk/child.ts', quick ? ['--quick'] : []);
  return figures === null ? null : v.parse(Printed, figures);
}

/** Bundles a script, since an older Node reads no TypeScript, and runs it. @returns what it printed; null as above */
export async function printedElsewhere(script: string, args: readonly string[]): Promise<unknown> {
  const node = otherNode();
  if (node === null) return null;
  await build({
    ...{ configFile: false, root: ROOT, logLevel: 'error' },
    build: {
      ...{ ssr: join(ROOT, script), outDir: BUNDLE, emptyOutDir: true, target: `node${OLDEST}` },
      // Packages stay imports: some bring binaries beside their code.
      rollupOptions: { external: /^[^./]/, output: { entryFileNames: 'child.mjs' } },
    },
  });
  return printed(node, [join(ROOT, BUNDLE, 'child.mjs'), ...args]);
}

/** The first on the PATH of another major version, not older than the project bears. */
function otherNode(): string | null {
  const own = major(process.version);
  const candidates = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node'));
  for (const path of new Set(candidates.filter(existsSync).map((path) => realpathSync(path)))) {
    const version = major(execFileSync(path, ['--version'], { encoding: 'utf8' }));
    if (version !== own && version >= OLDEST) return path;
  }
  return null;
}

function major(version: string): number {
  return Number(/^v(\d+)/.exec(version)?.[1] ?? 0);
}
