// Everything that is served: the default trunk, the app, and the trunks beside it in the assets folder.
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { buildDefaultTrunk, MODELS } from './default-trunk.ts';
import { run } from './run.ts';

/** The assets folder of wrangler.toml. */
export const ASSETS = 'dist/app';

/** Builds into dist/app; the app first, because its build empties the folder. */
export async function build({ quiet = false }: { readonly quiet?: boolean } = {}): Promise<void> {
  await buildDefaultTrunk();
  await run('vite', ['build', '--config', 'app/vite.config.ts', ...(quiet ? ['--logLevel', 'error'] : [])], {
    quiet,
  });
  copyModels();
}

/** Copies every trunk in models/ and writes the list of them. */
export function copyModels(): void {
  rmSync(`${ASSETS}/models`, { recursive: true, force: true });
  mkdirSync(`${ASSETS}/models`, { recursive: true });
  const models = readdirSync(MODELS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.endsWith('.new'))
    .map((entry) => entry.name)
    .sort();
  for (const model of models) cpSync(`${MODELS}/${model}`, `${ASSETS}/models/${model}`, { recursive: true });
  writeFileSync(`${ASSETS}/models/index.json`, `${JSON.stringify({ models })}\n`);
}
