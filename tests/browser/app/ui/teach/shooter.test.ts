// The shutter's bursts, with a storage that is as slow as a test wants.
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { DeviceError } from '../../../../../app/failure.ts';
import type { ClassId, ExampleRecord } from '../../../../../app/storage/schema.ts';
import { createShooter } from '../../../../../app/ui/teach/shooter.ts';

const TO = 'class-1' as ClassId;
const until = (condition: () => void) => vi.waitFor(condition, { timeout: 5_000, interval: 5 });

function aShooter(store: () => Promise<void>) {
  const errors: unknown[] = [];
  const settled: number[] = [];
  const shooter = createShooter({
    camera: { frame: (side) => createImageBitmap(new ImageData(side, side)) },
    open: {
      addFrame: async (_, frame) => {
        frame.close();
        await store();
        return {} as ExampleRecord;
      },
    },
    onSettled: ({ stored }) => settled.push(stored),
    onError: (error) => errors.push(error),
  });
  onTestFinished(shooter.release);
  return { shooter, errors, settled };
}

describe('createShooter', () => {
  it('never has more than three photos on their way, and goes on when one is stored', async () => {
    const waiting: (() => void)[] = [];
    const { shooter } = aShooter(() => new Promise((resolve) => waiting.push(resolve)));
    shooter.press(TO);
    await until(() => expect(waiting).toHaveLength(3));
    // Longer than several intervals.
    const begun = performance.now();
    await until(() => expect(performance.now() - begun).toBeGreaterThan(600));
    expect(waiting).toHaveLength(3);
    expect(shooter.burst.value).toMatchObject({ shot: 3, stored: 0, held: true });
    waiting[0]?.();
    await until(() => expect(waiting).toHaveLength(4));
    expect(shooter.burst.value).toMatchObject({ stored: 1 });
  });

  it('calls stored only what is stored, and says when all of it is', async () => {
    const waiting: (() => void)[] = [];
    const { shooter, settled } = aShooter(() => new Promise((resolve) => waiting.push(resolve)));
    shooter.press(TO);
    await until(() => expect(waiting).toHaveLength(2));
    shooter.release();
    waiting[0]?.();
    await until(() => expect(shooter.burst.value).toMatchObject({ shot: 2, stored: 1, held: false }));
    expect(settled).toEqual([]);
    waiting[1]?.();
    await until(() => expect(settled).toEqual([2]));
  });

  it('ends a burst whose photo cannot be stored, and says so once', async () => {
    const { shooter, errors } = aShooter(() => Promise.reject(new DeviceError('storage_full')));
    shooter.press(TO);
    await until(() => expect(errors).toHaveLength(1));
    expect(shooter.burst.value).toMatchObject({ held: false, stored: 0, failed: 1 });
  });
});
