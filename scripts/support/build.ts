// Everything that is served: the default trunk, the app, and the trunks beside it in the assets folder.
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import packageJson from '../../package.json' with { type: 'json' };
import { ModelManifest } from '../../src/contract/manifest.ts';
import { openApiDocument } from '../../worker/openapi/document.ts';
import { EXAMPLES } from '../../worker/openapi/examples.ts';
import { docsPage } from '../../worker/openapi/page.ts';
import { buildKernels } from './build-kernels.ts';
import { makeConformance } from './conformance-golden.ts';
import { buildDefaultTrunk, MODELS } from './default-trunk.ts';
import { run } from './run.ts';

/** The assets folder of wrangler.toml. */
export const ASSETS = 'dist/app';

/** Builds into dist/app; the app first, because its build empties the folder. */
export async function build({ quiet = false }: { readonly quiet?: boolean } = {}): Promise<void> {
  await buildDefaultTrunk();
  await buildKernels({ quiet });
  await run('vite', ['build', '--config', 'app/vite.config.ts', ...(quiet ? ['--logLevel', 'error'] : [])], {
    quiet,
  });
  for (const model of copyModels()) await writeConformance(model);
  writeDocs();
}

/** Copies every trunk in models/ and writes the list of them. */
export function copyModels(): readonly string[] {
  rmSync(`${ASSETS}/models`, { recursive: true, force: true });
  mkdirSync(`${ASSETS}/models`, { recursive: true });
  const models = readdirSync(MODELS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.endsWith('.new'))
    .map((entry) => entry.name)
    .sort();
  for (const model of models) cpSync(`${MODELS}/${model}`, `${ASSETS}/models/${model}`, { recursive: true });
  writeFileSync(`${ASSETS}/models/index.json`, `${JSON.stringify({ models })}\n`);
  return models;
}

/** Writes the numbers that this trunk gives in this very code: what `GET /api/models/:model/conformance` answers. */
async function writeConformance(model: string): Promise<void> {
  const folder = `${ASSETS}/models/${model}`;
  const read = (path: string) => readFile(`${folder}/${path}`);
  const manifest = v.parse(ModelManifest, JSON.parse(await readFile(`${folder}/manifest.json`, 'utf8')));
  writeFileSync(`${folder}/conformance.json`, `${JSON.stringify(await makeConformance(manifest, read))}\n`);
}

/** Writes openapi.json, and the page that is made of it, which the Worker's assets serve at /docs. */
function writeDocs(): void {
  const document = openApiDocument(packageJson.version);
  writeFileSync(`${ASSETS}/openapi.json`, `${JSON.stringify(document)}\n`);
  writeFileSync(`${ASSETS}/docs.html`, docsPage(document, EXAMPLES));
  cpSync('worker/openapi/docs.css', `${ASSETS}/docs.css`);
}
