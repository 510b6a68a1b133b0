// The choice of a backend on this device: tested once for each version of the app and of the browser, kept as a setting,
// and taken back when the chosen one fails in use. When to test is the caller's business.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Storage } from '../../storage/storage.ts';
import type { Measurement } from '../protocol.ts';
import type { BackendName } from '../trainer.ts';
import { type BackendResult, choose, selfTest } from './self-test.ts';

/** A candidate that has not answered by then hangs, ms; slow phones fetch, compile and warm up in it. */
const LIMIT_MS = 30_000;

export interface BackendReport {
  /** Empty before the first test. */
  readonly results: readonly BackendResult[];
  readonly testing: boolean;
}

export interface Backends {
  readonly report: ReadonlySignal<BackendReport>;
  /** What to start with now. */
  chosen(): Promise<BackendName>;
  /** Tests what was not tested yet; does nothing without a network, as files would be missing. Never throws. */
  testOnce(signal: AbortSignal): Promise<void>;
  /** The choice counts from the next start on. */
  testAgain(): Promise<void>;
  /** It failed in use: not to be used before the next test. */
  refuse(backend: BackendName): void;
}

/** @param testedFor stands for the version of the app and of the browser */
export function createBackends({
  storage,
  measure,
  testedFor,
  limitMs = LIMIT_MS,
}: {
  readonly storage: Pick<Storage, 'setting' | 'setSetting'>;
  readonly measure: (backend: BackendName, signal: AbortSignal) => Promise<Measurement>;
  readonly testedFor: string;
  readonly limitMs?: number;
}): Backends {
  const report = signal<BackendReport>({ results: [], testing: false });
  const remembered = storage.setting('backend').then(
    (kept) => {
      if (kept?.testedFor === testedFor) report.value = { ...report.peek(), results: kept.results };
    },
    () => {},
  );

  function keep(results: readonly BackendResult[]): void {
    report.value = { ...report.peek(), results };
    void storage.setSetting('backend', { testedFor, results }).catch(() => {});
  }

  async function test(abort: AbortSignal): Promise<void> {
    report.value = { ...report.peek(), testing: true };
    try {
      keep((await selfTest({ measure, limitMs, signal: abort })).results);
    } finally {
      report.value = { ...report.peek(), testing: false };
    }
  }

  return {
    report,
    async chosen() {
      await remembered;
      return choose(report.peek().results);
    },
    async testOnce(abort) {
      await remembered;
      const { results, testing } = report.peek();
      if (testing || results.length > 0 || !navigator.onLine || abort.aborted) return;
      // Aborted: somebody wants the trainer. It comes again.
      await test(abort).catch(() => {});
    },
    async testAgain() {
      await remembered;
      if (!report.peek().testing) await test(new AbortController().signal);
    },
    refuse(backend) {
      const others = report.peek().results.filter((result) => result.backend !== backend);
      keep([...others, { backend, ms: null, refused: 'failed' }]);
    },
  };
}
