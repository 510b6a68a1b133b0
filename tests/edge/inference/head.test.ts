import { expect, it } from 'vitest';
import golden from '../../golden/head/expected.json';
import { checkHeadGolden } from '../../support/head-golden.ts';

it('makes the heads that Node makes, to the last bit', async () => {
  expect(await checkHeadGolden(golden)).toEqual([]);
});
