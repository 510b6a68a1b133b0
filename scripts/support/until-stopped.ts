// A Worker that serves until somebody stops it; it never outlives this process's work.
import type { WorkerProcess } from './worker-process.ts';

/** Runs `begin`, then waits for Ctrl-C, SIGTERM or the Worker's own end; an error in `begin` stops the Worker too. */
export async function untilStopped(worker: WorkerProcess, begin: () => Promise<void>): Promise<void> {
  const stop = () => void worker.stop();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    await begin();
    await worker.ended;
  } finally {
    await worker.stop();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
