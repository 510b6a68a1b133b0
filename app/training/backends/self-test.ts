// Which backend to use: the fastest of those that give right numbers. What plain WebAssembly computes is right, as the
// edge computes the same. Knows no worker and no storage.
import type { Measurement } from '../protocol.ts';
import type { BackendName } from '../trainer.ts';

/** `failed`: later, in use. */
export type Refusal = 'unavailable' | 'not-numbers' | 'wrong' | 'hung' | 'failed';

/** What was found of one backend. */
export interface BackendResult {
  readonly backend: BackendName;
  /** One image through the trunk; null where nothing was measured. */
  readonly ms: number | null;
  readonly refused: Refusal | null;
}

export interface SelfTest {
  readonly chosen: BackendName;
  readonly results: readonly BackendResult[];
}

/** In the order in which they are tested. */
export const CANDIDATES: readonly BackendName[] = ['wasm', 'wasm-threads', 'webgl'];

/** How far features may be from plain WebAssembly's, relative to the largest of them. */
const FEATURES_TOLERANCE: Readonly<Record<BackendName, number>> = {
  wasm: 0,
  'wasm-threads': 0,
  webgl: 1e-3,
};
/** And a step of descent from arithmetic in doubles. */
const STEP_TOLERANCE = 1e-3;

/**
 * Measures one candidate after the other.
 * @param measure ends what it does when the signal aborts
 * @param limitMs for each
 * @throws the signal's reason when it aborts: nothing was found then
 */
export async function selfTest({
  measure,
  limitMs,
  signal,
  candidates = CANDIDATES,
}: {
  readonly measure: (backend: BackendName, signal: AbortSignal) => Promise<Measurement>;
  readonly limitMs: number;
  readonly signal: AbortSignal;
  readonly candidates?: readonly BackendName[];
}): Promise<SelfTest> {
  const results: BackendResult[] = [];
  let reference: Measurement | null = null;
  for (const backend of ['wasm' as const, ...candidates.filter((name) => name !== 'wasm')]) {
    const measured = await within(limitMs, signal, (limited) => measure(backend, limited));
    signal.throwIfAborted();
    if (typeof measured === 'string') {
      results.push({ backend, ms: null, refused: measured });
    } else {
      if (backend === 'wasm') reference = measured;
      const refused = judge(backend, measured, reference);
      if (backend === 'wasm' && refused !== null) reference = null;
      results.push({ backend, ms: measured.ms, refused });
    }
    // Without right numbers to compare with there is no choice.
    if (reference === null) break;
  }
  return { chosen: choose(results), results };
}

/** The fastest that is not refused; plain WebAssembly where there is none. */
export function choose(results: readonly BackendResult[]): BackendName {
  const right = results.flatMap(({ backend, ms, refused }) =>
    refused === null && ms !== null ? [{ backend, ms }] : [],
  );
  return right.toSorted((a, b) => a.ms - b.ms)[0]?.backend ?? 'wasm';
}

/** Why its numbers will not do; null: they will. */
export function judge(
  backend: BackendName,
  { features, step, stepExpected, ms }: Measurement,
  reference: Measurement | null,
): Refusal | null {
  if (![...features, ...step, ms].every(Number.isFinite)) return 'not-numbers';
  if (features.every((value) => value === 0)) return 'wrong';
  if (distance(step, stepExpected) > STEP_TOLERANCE) return 'wrong';
  if (reference === null || distance(features, reference.features) > FEATURES_TOLERANCE[backend])
    return 'wrong';
  return null;
}

/** Largest difference relative to the largest expected value. */
function distance(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (values.length !== expected.length) return Number.POSITIVE_INFINITY;
  const wanted = Array.from(expected);
  const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), Number.MIN_VALUE);
  return wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - (values[i] ?? 0))), 0) / scale;
}

async function within(
  limitMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Measurement>,
): Promise<Measurement | 'hung' | 'unavailable'> {
  const end = new AbortController();
  const limited = AbortSignal.any([signal, end.signal]);
  const stopped = new Promise<'hung'>((resolve) => {
    limited.addEventListener('abort', () => resolve('hung'), { once: true });
  });
  const timer = setTimeout(() => end.abort(), limitMs);
  try {
    signal.throwIfAborted();
    return await Promise.race([work(limited).catch(() => 'unavailable' as const), stopped]);
  } finally {
    clearTimeout(timer);
    end.abort();
  }
}
