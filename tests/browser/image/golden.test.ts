import { expect, it } from 'vitest';
import { codecs } from '../../../app/training/codecs.ts';
import { checkImageGolden } from '../../support/image-golden.ts';
import { readFile } from '../support/files.ts';

it('decodes and preprocesses every golden image to the bytes that Node has', async () => {
  const checked = await checkImageGolden((name) => readFile(`tests/golden/image/${name}`), codecs);
  expect(checked.length).toBeGreaterThan(10);
});
