import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { nodeCodecs } from '../../../scripts/support/codecs.ts';
import { lowerTrunk } from '../../../scripts/support/engine.ts';
import golden from '../../golden/trunk/own-layers.json' with { type: 'json' };
import { answersHere, readOwnLayers } from '../../support/own-layers-golden.ts';
import { loadTrunk } from '../../support/trunk.ts';

it('a head with layers of its own says what its golden file has, to the last bit', async () => {
  const { model } = await loadTrunk();
  const { head, answers } = readOwnLayers(golden);
  const read = async (image: string) =>
    new Uint8Array(readFileSync(new URL(`../../golden/image/${image}`, import.meta.url)));
  expect(await answersHere(lowerTrunk, model, nodeCodecs(), head, read)).toEqual(answers);
});
