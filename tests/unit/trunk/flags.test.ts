// One call of the whole trunk with the two flags, part by part, is the same call in one go; and it changes nothing.
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../scripts/support/backend.ts';
import { digestStatistics, readStatistics } from '../../../src/trunk/batch-norm.ts';
import { callTrunk } from '../../../src/trunk/flags.ts';
import { lowerTrain } from '../../../src/trunk/train.ts';
import { loadTrunk, realImages, type TrunkFolder } from '../../support/trunk.ts';

const TO = 'block_3_project_BN';
const FLAGS = [
  [true, true],
  [true, false],
  [false, true],
  [false, false],
] as const;

let trunk: TrunkFolder;

beforeAll(async () => {
  await startBackend();
  trunk = await loadTrunk();
});

describe('callTrunk', () => {
  it.each(FLAGS)(
    'with trainable %s and training %s is a call in one go, to the bit',
    async (trainable, training) => {
      const { model, manifest } = trunk;
      const images = await realImages(4, { ...manifest.input, size: 48 });
      const parts: number[] = [];
      const call = await callTrunk(model, images, {
        ...{ to: TO, trainable, training },
        onPart: (done, of) => void parts.push(done / of),
      });
      const whole = lowerTrain(model, { from: null, to: TO, trainable });
      const before = whole.statistics();
      const expected = tf.tidy(() =>
        whole.call(tf.tensor4d(images.data, [4, 48, 48, 3]), { training }).dataSync(),
      );
      expect(call.activation.data).toEqual(Float32Array.from(expected));
      const after = whole.statistics();
      const stayed = after.map(({ mean }, i) =>
        mean.every((value, k) => Object.is(value, before[i]?.mean[k])),
      );
      expect(call.moved.map(({ mean }) => mean === 0)).toEqual(stayed);
      expect(stayed.every((still) => still === !(trainable && training))).toBe(true);
      expect(call.moved.map(({ layer }) => layer)).toEqual(after.map(({ layer }) => layer));
      expect(parts.at(-1)).toBe(1);
      whole.dispose();
      expect(await digestStatistics(readStatistics(model))).toBe(manifest.statistics);
    },
  );

  it('frees what it made, also when it is ended in the middle', async () => {
    const { model, manifest } = trunk;
    const images = await realImages(2, { ...manifest.input, size: 48 });
    const { numTensors } = tf.memory();
    await callTrunk(model, images, { to: TO, trainable: true, training: true });
    expect(tf.memory().numTensors).toBe(numTensors);
    const ended = callTrunk(model, images, {
      ...{ to: TO, trainable: true, training: true },
      onPart: (done) => {
        if (done === 3) throw new Error('enough');
      },
    });
    await expect(ended).rejects.toThrow('enough');
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
