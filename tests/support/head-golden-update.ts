// Rewrites tests/golden/head/expected.json from what the code does now: `npx node tests/support/head-golden-update.ts`.
// Its diff is to be reviewed: it means that the same examples give another head.
import { mkdir, writeFile } from 'node:fs/promises';
import { headFigures } from './head-golden.ts';

const folder = new URL('../golden/head/', import.meta.url);
await mkdir(folder, { recursive: true });
await writeFile(new URL('expected.json', folder), `${JSON.stringify(await headFigures(), null, 2)}\n`);
