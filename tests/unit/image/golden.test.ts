import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { nodeCodecs } from '../../../scripts/support/codecs.ts';
import { decodeImage } from '../../../src/image/decode.ts';
import { decodeJpeg } from '../../../src/image/jpeg/decode.ts';
import { golden, goldenNames } from '../../support/image-files.ts';
import { checkImageGolden } from '../../support/image-golden.ts';

const codecs = nodeCodecs();
const decodable = goldenNames().filter((name) => !name.startsWith('refused'));

/** Mean and greatest difference of the colour channels from what another decoder made of the file. */
async function difference(name: string, oracle: string) {
  const { width, height, data } = await decodeImage(golden(name), codecs);
  const rgb = gunzipSync(golden(`oracle/${oracle}.rgb.gz`));
  expect(rgb.length).toBe(width * height * 3);
  let sum = 0;
  let greatest = 0;
  rgb.forEach((value, i) => {
    const error = Math.abs((data[Math.floor(i / 3) * 4 + (i % 3)] ?? Number.NaN) - value);
    sum += error;
    greatest = Math.max(greatest, error);
  });
  return { mean: sum / rgb.length, greatest };
}

describe('golden images', () => {
  it('become the very bytes that are written down, or are refused as written', async () => {
    const read = async (name: string) => golden(name);
    expect([...(await checkImageGolden(read, codecs))].sort()).toEqual([...goldenNames()].sort());
  });

  it('are opaque once decoded', async () => {
    for (const name of decodable) {
      const { data } = await decodeImage(golden(name), codecs);
      expect(data.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true);
    }
  });

  it.each(decodable.filter((name) => !/orientation|photo/.test(name)))(
    'are what libjpeg-turbo, libpng and libwebp make of them: %s',
    async (name) => {
      // 16 bit: rounded there, cut here. Alpha: rounded down there, to the nearest here. Inks: in 16 bits there.
      const tolerance = [/16bit/, /alpha/, /cmyk/].filter((kind) => kind.test(name)).length;
      const { greatest } = await difference(name, name.replace(/\.[a-z]+$/, ''));
      expect(greatest).toBeLessThanOrEqual(tolerance);
    },
  );

  it.each(decodable.filter((name) => /^jpeg/.test(name) && !/orientation|photo|cmyk/.test(name)))(
    'are what libjpeg-turbo makes of them at every reduced scale: %s',
    (name) => {
      for (const scale of [2, 4, 8] as const) {
        const { width, height, data } = decodeJpeg(golden(name), { scale });
        const rgb = gunzipSync(golden(`oracle/${name.replace('.jpg', '')}.${scale}.rgb.gz`));
        expect([width, height]).toEqual([Math.ceil(61 / scale), Math.ceil(47 / scale)]);
        expect(data.filter((_, i) => i % 4 !== 3)).toEqual(new Uint8Array(rgb));
      }
    },
  );

  it.each(decodable.filter((name) => name.includes('orientation')))(
    'are upright whatever their EXIF orientation: %s',
    async (name) => {
      // JPEG at quality 90 costs about 3 of 255 on average; any wrong turn costs more than 50.
      const { mean } = await difference(name, 'png-rgb');
      expect(mean).toBeLessThanOrEqual(name.startsWith('jpeg') ? 4 : 0);
    },
  );
});
