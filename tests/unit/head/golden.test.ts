import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { checkHeadGolden } from '../../support/head-golden.ts';

it('makes the golden heads to the last bit', async () => {
  const golden = readFileSync(new URL('../../golden/head/expected.json', import.meta.url), 'utf8');
  expect(await checkHeadGolden(JSON.parse(golden))).toEqual([]);
});
