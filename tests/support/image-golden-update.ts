// Rewrites tests/golden/image/expected.json from what the code does now: `npx node tests/support/image-golden-update.ts`.
// Its diff is to be reviewed: a digest that changes means that heads trained before see other inputs.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { nodeCodecs } from '../../scripts/support/codecs.ts';
import { outcome } from './image-golden.ts';

const folder = new URL('../golden/image/', import.meta.url);
const names = (await readdir(folder)).filter((name) => /\.(jpg|png|webp|gif)$/.test(name)).sort();
const codecs = nodeCodecs();
const expected: Record<string, unknown> = {};
for (const name of names) expected[name] = await outcome(await readFile(new URL(name, folder)), codecs);
await writeFile(new URL('expected.json', folder), `${JSON.stringify(expected, null, 2)}\n`);
