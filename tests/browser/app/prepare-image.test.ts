import { describe, expect, it } from 'vitest';
import { MAX_SENT_SIDE, prepareImage } from '../../../app/prepare-image.ts';
import { readImageHeader } from '../../../src/image/sniff.ts';
import { readFile } from '../support/files.ts';

const golden = async (name: string) => new Blob([await readFile(`tests/golden/image/${name}`)]);
const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());

async function draw(width: number, height: number, type: string): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.fillRect(0, 0, width / 2, height);
  return canvas.convertToBlob({ type });
}

async function pixel(blob: Blob, x: number, y: number): Promise<readonly number[]> {
  const bitmap = await createImageBitmap(blob);
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  context?.drawImage(bitmap, 0, 0);
  return [...(context?.getImageData(x, y, 1, 1).data ?? [])];
}

describe('prepareImage', () => {
  it('sends a small file byte for byte, with its true type whatever its name says', async () => {
    const file = await golden('png-rgb.png');
    const { width, height } = readImageHeader(await bytesOf(file));
    const prepared = await prepareImage(new Blob([file], { type: 'image/jpeg' }));
    expect(prepared).toMatchObject({ width, height, shrunkFrom: null, redrawn: false });
    expect(prepared.body.type).toBe('image/png');
    expect(await bytesOf(prepared.body)).toEqual(await bytesOf(file));
  });

  it('sends a large photo as a smaller JPEG of the same shape', async () => {
    const width = 2 * MAX_SENT_SIDE;
    const prepared = await prepareImage(await draw(width, width / 4, 'image/webp'));
    expect(prepared).toMatchObject({
      width: MAX_SENT_SIDE,
      height: MAX_SENT_SIDE / 4,
      shrunkFrom: { width, height: width / 4 },
      redrawn: true,
    });
    expect(readImageHeader(await bytesOf(prepared.body))).toMatchObject({
      format: 'jpeg',
      width: MAX_SENT_SIDE,
      height: MAX_SENT_SIDE / 4,
    });
  });

  it('draws what is transparent over white', async () => {
    const { body, width, height } = await prepareImage(await draw(MAX_SENT_SIDE + 6, 40, 'image/png'));
    expect(await pixel(body, width - 5, height / 2)).toEqual([255, 255, 255, 255]);
    expect((await pixel(body, 5, height / 2))[0]).toBeLessThan(5);
  });

  it('takes EXIF away from a small photo and applies its orientation', async () => {
    const file = await golden('jpeg-orientation-6.jpg');
    const header = readImageHeader(await bytesOf(file));
    expect(header.exif).not.toBeNull();
    const prepared = await prepareImage(file);
    expect(prepared).toMatchObject({
      width: header.height,
      height: header.width,
      shrunkFrom: null,
      redrawn: true,
    });
    expect(readImageHeader(await bytesOf(prepared.body)).exif).toBeNull();
  });

  it('redraws a format that this browser reads and the server does not', async () => {
    const prepared = await prepareImage(await golden('refused.gif'));
    expect(readImageHeader(await bytesOf(prepared.body)).format).toBe('jpeg');
  });

  it.each([
    ['%PDF-1.7', 'image_unsupported', /PDF/],
    ['just words', 'image_unsupported', /not a known image/],
    ['', 'image_invalid', /empty/],
  ])('refuses %j with %s', async (text, code, detail) => {
    await expect(prepareImage(new Blob([text]))).rejects.toMatchObject({
      code,
      detail: expect.stringMatching(detail),
    });
  });

  it('refuses a large image that ends too early', async () => {
    const whole = await bytesOf(await draw(2 * MAX_SENT_SIDE, 100, 'image/png'));
    await expect(prepareImage(new Blob([whole.subarray(0, 60)]))).rejects.toMatchObject({
      code: 'image_invalid',
    });
  });
});
