// Work that concurrent requests share or take in turns. In workerd a request that is cancelled simply stops, in the
// middle of an await and past every `finally`: whoever waits for another request's promise may wait for ever. So
// nobody here waits for another request longer than a patience, and then goes on alone. No clock of its own.

/** Resolves after so many ms, or never when the signal is aborted before. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

/** How long one request waits for another's work, ms. */
export const PATIENCE_MS = 10_000;

/** What the platform provides for sharing. */
export interface Sharing {
  readonly wait?: Wait;
  /** Lets work go on when the request that began it is gone; `waitUntil` in workerd. */
  readonly keepAlive?: (work: Promise<unknown>) => void;
}

/**
 * A value that is loaded when first asked for: concurrent callers share one load, later ones its result; after
 * a failure, or when a load seems dead, the next caller loads again.
 * @returns the getter
 */
export function createShared<T>(
  load: () => Promise<T>,
  { wait = timer, keepAlive = () => {} }: Sharing = {},
): () => Promise<T> {
  let current: Promise<T> | undefined;
  const begin = (): Promise<T> => {
    const mine = load().catch((cause: unknown) => {
      if (current === mine) current = undefined;
      throw cause;
    });
    current = mine;
    keepAlive(mine.catch(() => {}));
    return mine;
  };
  return async () => {
    if (current === undefined) return begin();
    const awaited = current;
    const outcome = await patiently(awaited, wait);
    if (outcome !== undefined) return outcome.value;
    return current === awaited || current === undefined ? begin() : current;
  };
}

/**
 * Lets one call in at a time, in the order of arrival.
 * @returns a function that runs its argument when its turn comes
 */
export function createTurns({
  wait = timer,
}: Pick<Sharing, 'wait'> = {}): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> | undefined;
  return async (work) => {
    const before = last;
    const mine = (async () => {
      if (before !== undefined) await patiently(before, wait);
      return work();
    })();
    const settled = mine.then(
      () => {},
      () => {},
    );
    last = settled;
    try {
      return await mine;
    } finally {
      if (last === settled) last = undefined;
    }
  };
}

/** The work's value, or undefined when it takes too long. */
async function patiently<T>(work: Promise<T>, wait: Wait): Promise<{ readonly value: T } | undefined> {
  const done = new AbortController();
  try {
    return await Promise.race([
      work.then((value) => ({ value })),
      wait(PATIENCE_MS, done.signal).then(() => undefined),
    ]);
  } finally {
    done.abort();
  }
}

function timer(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const id = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => clearTimeout(id));
  });
}
