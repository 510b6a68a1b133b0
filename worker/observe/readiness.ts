// Whether what a prediction stands on answers. Each probe is cheap; what takes too long counts as failed.
import type { Readiness } from '../../src/contract/operations.ts';

/** One for each thing, which throws where it is not there. */
export type Probes = Readonly<Record<'database' | 'heads' | 'trunks', () => Promise<unknown>>>;

/** Storage that takes longer is as good as none, ms. */
export const PROBE_MS = 5_000;

/** Asks all at once. @param wait resolves after so many ms */
export async function checkReadiness(
  { database, heads, trunks }: Probes,
  wait: (ms: number) => Promise<void>,
): Promise<Readiness> {
  const answers = async (probe: () => Promise<unknown>) => {
    const tooLate = wait(PROBE_MS).then(() => false);
    const outcome = (async () => probe())().then(
      () => true,
      () => false,
    );
    return (await Promise.race([outcome, tooLate])) ? 'ok' : 'failed';
  };
  const [a, b, c] = await Promise.all([answers(database), answers(heads), answers(trunks)]);
  const checks = { database: a, heads: b, trunks: c } as const;
  return { ready: Object.values(checks).every((check) => check === 'ok'), checks };
}
