// When to sync: a while after the last change, at once when the page is about to go, when it comes back and when the
// network does; after a failure again by itself, later each time. It knows nothing of what syncing is.
import { ApiError } from '../../src/client/send.ts';
import { backoffMs } from './backoff.ts';

/** After the last change of a head, ms. */
const REST_MS = 30_000;
export interface Rhythm {
  /** A head has changed. */
  changed(): void;
  succeeded(): void;
  failed(error: unknown): void;
  stop(): void;
}

export function createRhythm({
  run,
  leave,
  restMs = REST_MS,
}: {
  readonly run: (what: 'changes' | 'all') => void;
  /** The page is about to go. */
  readonly leave: () => void;
  readonly restMs?: number | undefined;
}): Rhythm {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  /** Before this time the server wants no request, ms. */
  let quietUntil = 0;
  const stop = new AbortController();
  const { signal } = stop;

  function runIn(ms: number, what: 'changes' | 'all'): void {
    clearTimeout(timer);
    timer = setTimeout(() => run(what), Math.max(ms, quietUntil - performance.now()));
  }

  addEventListener('online', () => runIn(0, 'all'), { signal });
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'visible') runIn(0, 'all');
      else leave();
    },
    { signal },
  );

  return {
    changed() {
      // One that failed and waits takes the change along.
      if (failures === 0) runIn(restMs, 'changes');
    },
    succeeded() {
      failures = 0;
      quietUntil = 0;
    },
    failed(error) {
      const asked = error instanceof ApiError ? error.retryAfter : null;
      const pause = backoffMs(failures++, Math.random(), asked);
      if (asked !== null) quietUntil = performance.now() + asked * 1000;
      runIn(pause, 'all');
    },
    stop() {
      clearTimeout(timer);
      stop.abort();
    },
  };
}
