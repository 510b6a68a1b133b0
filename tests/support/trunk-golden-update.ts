// Rewrites tests/golden/trunk/expected.json from what the code does now: `npx node tests/support/trunk-golden-update.ts`.
// The images are three of tests/data/fashion-mnist and, for its colours, one of tests/golden/image.
// Its diff is to be reviewed: features that change mean that heads trained before see others.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { nodeCodecs } from '../../scripts/support/codecs.ts';
import { lowerTrunk } from '../../scripts/support/engine.ts';
import { loadTrunk } from './trunk.ts';
import { localFigures, sha256 } from './trunk-golden.ts';

const CUTS = ['block_13_expand_relu', 'out_relu'];
const folder = new URL('../golden/trunk/', import.meta.url);
const { model, manifest } = await loadTrunk();
const input = { size: 96, range: manifest.input.range };
const codecs = nodeCodecs();
const images: Record<string, unknown> = {};
for (const name of (await readdir(folder)).filter((file) => file.endsWith('.png')).sort()) {
  const figures = await localFigures(
    lowerTrunk,
    model,
    codecs,
    await readFile(new URL(name, folder)),
    input,
    CUTS,
  );
  const features = [...figures.features].map(([cut, floats]) => [cut, base64(floats)]);
  images[name] = { input: await sha256(figures.input), features: Object.fromEntries(features) };
}
const expected = { trunk: manifest.digest, input, images };
await writeFile(new URL('expected.json', folder), `${JSON.stringify(expected, null, 2)}\n`);

function base64(floats: Float32Array): string {
  return Buffer.from(new Uint8Array(Float32Array.from(floats).buffer)).toString('base64');
}
