import { expect, it } from 'vitest';
import { codecs } from '../../../worker/inference/codecs.ts';
import { checkImageGolden } from '../../support/image-golden.ts';
import { goldenImage } from '../support/files.ts';

it('decodes and preprocesses every golden image to the bytes that Node gives', async () => {
  expect((await checkImageGolden(goldenImage, codecs)).length).toBeGreaterThan(10);
});
