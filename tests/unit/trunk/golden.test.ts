import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeCodecs } from '../../../scripts/support/codecs.ts';
import { lowerTrunk } from '../../../scripts/support/engine.ts';
import { loadTrunk, type TrunkFolder } from '../../support/trunk.ts';
import { checkTrunkGolden, type Figures, localFigures, type ReadGolden } from '../../support/trunk-golden.ts';

const read: ReadGolden = async (name) =>
  new Uint8Array(readFileSync(new URL(`../../golden/trunk/${name}`, import.meta.url)));

let trunk: TrunkFolder;

beforeAll(async () => {
  trunk = await loadTrunk();
});

/** The check with what this process computes, changed or not. */
function check(change = (figures: Figures) => figures) {
  const codecs = nodeCodecs();
  return checkTrunkGolden(read, trunk.manifest.digest, async (...args) =>
    change(await localFigures(lowerTrunk, trunk.model, codecs, ...args)),
  );
}

describe('the golden features of the default trunk', () => {
  it('are those of this platform, bit for bit', async () => {
    const comparisons = await check();
    expect(comparisons.map(({ image, cut, count }) => [image, cut, count])).toEqual(
      ['bag.png', 'colour.png', 'dress.png', 'sneaker.png'].flatMap((image) => [
        [image, 'block_13_expand_relu', 576],
        [image, 'out_relu', 1280],
      ]),
    );
    for (const { image, cut, changed, error } of comparisons)
      expect({ image, cut, changed, error }).toEqual({ image, cut, changed: 0, error: 0 });
  });
});

describe('checkTrunkGolden', () => {
  it('counts what differs, and by how much', async () => {
    const [first] = await check(({ input, features }) => ({
      input,
      features: new Map(
        [...features].map(([cut, floats]) => [cut, floats.map((f, i) => (i < 3 ? f + 0.5 : f))]),
      ),
    }));
    expect(first?.changed).toBe(3);
    expect(first?.error).toBeGreaterThan(0.1);
  });

  it.each<[string, (floats: Float32Array) => Float32Array]>([
    ['features that are not there', () => new Float32Array()],
    ['one feature too few', (floats) => floats.subarray(1)],
    ['a NaN', (floats) => floats.with(0, Number.NaN)],
  ])('gives %s an infinite error', async (_, change) => {
    const [first] = await check(({ input, features }) => ({
      input,
      features: new Map([...features].map(([cut, floats]) => [cut, change(floats)])),
    }));
    expect(first?.error).toBe(Number.POSITIVE_INFINITY);
    expect(first?.changed).toBeGreaterThan(0);
  });

  it('refuses another trunk, and another input', async () => {
    const other = 'f'.repeat(64);
    await expect(checkTrunkGolden(read, other, () => Promise.reject(new Error('asked')))).rejects.toThrow(
      other,
    );
    await expect(check((figures) => ({ ...figures, input: figures.input.with(0, 2) }))).rejects.toThrow(
      'bag.png',
    );
  });
});
