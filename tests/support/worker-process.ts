// A real Worker for one test file: an empty D1 and R2 of its own, open enrolment, an operator, and a default head.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedDefaultHead } from '../../scripts/support/seed.ts';
import { startWorker as start, type WorkerProcess } from '../../scripts/support/worker-process.ts';

export const OPERATOR_SECRET = 'operator-of-one-test';

/** @param options.seed without it there is no default head */
export async function startWorker({
  seed = true,
}: {
  readonly seed?: boolean;
} = {}): Promise<Pick<WorkerProcess, 'origin' | 'stop' | 'pid'>> {
  const persistTo = mkdtempSync(join(tmpdir(), 'topwork-worker-'));
  const worker = await start({ persistTo, vars: { ENROLMENT: 'open', OPERATOR_SECRET } });
  const stop = async () => {
    await worker.stop();
    rmSync(persistTo, { recursive: true, force: true });
  };
  try {
    if (seed) await seedDefaultHead(worker.origin, OPERATOR_SECRET, () => {}, 20);
  } catch (error) {
    await stop();
    throw error;
  }
  return { ...worker, stop };
}
