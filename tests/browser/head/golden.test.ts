import { expect, it } from 'vitest';
import { wasmAlgebra } from '../../../src/head/ridge-wasm.ts';
import { checkDescentGolden } from '../../support/descent-golden.ts';
import { checkHeadGolden } from '../../support/head-golden.ts';
import { readFile } from '../support/files.ts';

it('makes the heads that Node makes, to the last bit, by plain arithmetic and by kernels', async () => {
  const golden = new TextDecoder().decode(await readFile('tests/golden/head/expected.json'));
  expect(await checkHeadGolden(JSON.parse(golden))).toEqual([]);
  const module = await WebAssembly.compile(await readFile('dist/kernels/algebra-simd.wasm'));
  expect(await checkHeadGolden(JSON.parse(golden), wasmAlgebra(module))).toEqual([]);
});

it('descends to the softmax head that Node descends to, to the last bit', async () => {
  const golden = new TextDecoder().decode(await readFile('tests/golden/head/descent.json'));
  const module = await WebAssembly.compile(await readFile('dist/kernels/descent-simd.wasm'));
  expect(await checkDescentGolden(module, JSON.parse(golden))).toEqual([]);
});
