// Activations of photos at a cut, as fine-tuning asks for them: each photo as it is, and varied in a few ways that stay
// the same from epoch to epoch. Computed when first asked for and kept as long as there is room; what was dropped is
// computed again, to the same bit.
import type { Preprocessing } from '../../../src/contract/manifest.ts';
import type { NdArray } from '../../../src/contract/nd-array.ts';
import { joinRows } from '../../../src/head/examples.ts';
import { randomFrom } from '../../../src/head/random.ts';
import { augment, sideToCrop } from '../../../src/image/augment.ts';
import { decodeInput } from '../../../src/image/decode.ts';
import { DeviceError } from '../../failure.ts';
import { codecs } from '../codecs.ts';
import type { Photo } from '../trainer.ts';
import type { Runner } from '../trunk.ts';

/** Most bytes of activations that are kept. */
export const KEPT_BYTES = 96 * 1024 * 1024;

export interface Activations {
  /** @param variant 0: the photo as it is @returns [n,h,w,c] */
  of(examples: readonly number[], variant: number): Promise<NdArray>;
}

/** @param options.seed of the variants */
export function createActivations(
  photos: readonly Photo[],
  runner: Pick<Runner, 'run'>,
  {
    preprocessing,
    seed,
    keptBytes = KEPT_BYTES,
  }: { readonly preprocessing: Preprocessing; readonly seed: number; readonly keptBytes?: number },
): Activations {
  const { size, range } = preprocessing;
  const kept = new Map<string, Float32Array>();
  let bytes = 0;
  let shape: readonly number[] = [];

  async function inputOf(index: number, variant: number): Promise<Float32Array> {
    const photo = new Uint8Array(photos[index]?.data ?? new ArrayBuffer(0));
    if (variant === 0) return decodeInput(photo, codecs, preprocessing);
    const picture = await decodeInput(photo, codecs, { size: sideToCrop(size), range });
    return augment(picture, preprocessing, randomFrom(seed + 1_000_003 * variant + 7919 * index));
  }

  async function one(index: number, variant: number): Promise<Float32Array> {
    const key = `${index}/${variant}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const input = await inputOf(index, variant);
    const { data, shape: of } = await runner.run({ data: input, shape: [1, size, size, 3] });
    if (!data.every(Number.isFinite))
      throw new DeviceError('trainer_crashed', {
        detail: 'The backend gave activations that are not numbers.',
      });
    shape = of.slice(1);
    // Every epoch asks for all of them in another order: one that came later is no better worth keeping than the first.
    if (bytes + data.byteLength <= keptBytes) {
      kept.set(key, data);
      bytes += data.byteLength;
    }
    return data;
  }

  return {
    async of(examples, variant) {
      const rows: Float32Array[] = [];
      for (const index of examples) rows.push(await one(index, variant));
      return { data: joinRows(rows), shape: [rows.length, ...shape] };
    },
  };
}
