import { expect, it } from 'vitest';
import { createTimings } from '../../../worker/inference/timings.ts';

it('names every phase that ended, and gives a duration only where the clock moved', async () => {
  let now = 5;
  const timings = createTimings(() => now);
  await timings.measure('load', async () => {
    now += 12.34;
  });
  expect(await timings.measure('decode', () => 'value')).toBe('value');
  await expect(timings.measure('trunk', () => Promise.reject(new Error('x')))).rejects.toThrow('x');
  expect(timings.header()).toBe('load;dur=12.3, decode');
});
