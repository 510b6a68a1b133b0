import { expect, it } from 'vitest';
import { checkHeadGolden } from '../../support/head-golden.ts';
import { readFile } from '../support/files.ts';

it('makes the heads that Node makes, to the last bit', async () => {
  const golden = new TextDecoder().decode(await readFile('tests/golden/head/expected.json'));
  expect(await checkHeadGolden(JSON.parse(golden))).toEqual([]);
});
