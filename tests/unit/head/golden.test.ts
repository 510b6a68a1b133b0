import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { wasmAlgebra } from '../../../src/head/ridge-wasm.ts';
import { checkDescentGolden } from '../../support/descent-golden.ts';
import { checkHeadGolden } from '../../support/head-golden.ts';
import { moduleOf } from '../../support/kernels.ts';

it('makes the golden heads to the last bit, by plain arithmetic and by kernels', async () => {
  const golden = readFileSync(new URL('../../golden/head/expected.json', import.meta.url), 'utf8');
  expect(await checkHeadGolden(JSON.parse(golden))).toEqual([]);
  const kernels = wasmAlgebra(moduleOf('algebra', 'simd'));
  expect(await checkHeadGolden(JSON.parse(golden), kernels)).toEqual([]);
});

it('descends to the golden softmax head to the last bit', async () => {
  const golden = readFileSync(new URL('../../golden/head/descent.json', import.meta.url), 'utf8');
  expect(await checkDescentGolden(moduleOf('descent', 'simd'), JSON.parse(golden))).toEqual([]);
});
