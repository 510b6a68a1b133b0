import { describe, expect, it } from 'vitest';
import { colourSpaceOf, convertRow } from '../../../../src/image/jpeg/colour.ts';

const one = (space: Parameters<typeof convertRow>[0], inverted: boolean, ...channels: number[]) => {
  const out = new Uint8Array(4);
  convertRow(
    space,
    channels.map((value) => Uint8Array.of(value)),
    inverted,
    out,
  );
  return [...out];
};

describe('convertRow', () => {
  it('converts YCbCr as JFIF says', () => {
    // R = 100 + 1.402 * 50 = 170.1; G = 100 - 0.34414 * 20 - 0.71414 * 50 = 57.41; B = 100 + 1.772 * 20 = 135.44
    expect(one('ycc', false, 100, 148, 178)).toEqual([170, 57, 135, 255]);
    // 250 + 70.1 and 250 + 1.772 * 127 are beyond white.
    expect(one('ycc', false, 250, 255, 178)).toEqual([255, 171, 255, 255]);
  });

  it('copies grey and RGB', () => {
    expect(one('grey', false, 7)).toEqual([7, 7, 7, 255]);
    expect(one('rgb', false, 7, 8, 9)).toEqual([7, 8, 9, 255]);
  });

  it('mixes inks: light is what neither ink takes away', () => {
    // Adobe stores 255 for no ink: 200 * 100 / 255 = 78.43.
    expect(one('cmyk', true, 200, 255, 0, 100)).toEqual([78, 100, 0, 255]);
    // Others store 255 for all ink: (255 - 200) * (255 - 100) / 255 = 33.43.
    expect(one('cmyk', false, 200, 255, 0, 100)).toEqual([33, 0, 155, 255]);
  });

  it('takes YCCK for the complements of the inks', () => {
    // Grey 200 is 55 of each ink's light: 55 * 100 / 255 = 21.57.
    expect(one('ycck', true, 200, 128, 128, 100)).toEqual([22, 22, 22, 255]);
    // 200 * 155 / 255 = 121.57
    expect(one('ycck', false, 200, 128, 128, 100)).toEqual([122, 122, 122, 255]);
  });
});

describe('colourSpaceOf', () => {
  it.each([
    [[1], false, undefined, 'grey'],
    [[1, 2, 3], false, undefined, 'ycc'],
    [[0, 1, 2], false, undefined, 'ycc'],
    [[82, 71, 66], false, undefined, 'rgb'],
    [[82, 71, 66], true, undefined, 'ycc'],
    [[1, 2, 3], true, 0, 'ycc'],
    [[1, 2, 3], false, 0, 'rgb'],
    [[1, 2, 3], false, 1, 'ycc'],
    [[1, 2, 3, 4], false, undefined, 'cmyk'],
    [[1, 2, 3, 4], false, 0, 'cmyk'],
    [[1, 2, 3, 4], true, 2, 'ycck'],
  ] as const)('of channels %j, JFIF %s, Adobe %s is %s', (ids, jfif, adobe, space) => {
    expect(colourSpaceOf(ids, jfif, adobe)).toBe(space);
  });
});
