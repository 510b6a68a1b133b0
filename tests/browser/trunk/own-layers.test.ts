import { expect, it } from 'vitest';
import { loadEngine } from '../../../app/training/backends/own-engine.ts';
import { codecs } from '../../../app/training/codecs.ts';
import { readModel } from '../../../src/trunk/model-files.ts';
import { answersHere, readOwnLayers } from '../../support/own-layers-golden.ts';
import { readFile } from '../support/files.ts';

const FOLDER = 'models/mobilenet-v2';
const readJson = async (path: string): Promise<unknown> =>
  JSON.parse(new TextDecoder().decode(await readFile(path)));

it('a head with layers of its own says in Chromium what it says in Node, to the last bit', async () => {
  const model = await readModel(await readJson(`${FOLDER}/model.json`), (path) =>
    readFile(`${FOLDER}/${path}`),
  );
  const { head, answers } = readOwnLayers(await readJson('tests/golden/trunk/own-layers.json'));
  const read = (image: string) => readFile(`tests/golden/image/${image}`);
  expect(await answersHere(await loadEngine(), model, codecs, head, read)).toEqual(answers);
});
