// How long the phases of a prediction took, as the Server-Timing header. Pure but for the clock it is given.
// In production workerd's clock stands still between two pieces of I/O, so that phases of pure computation measure
// as nothing: such a phase is named without a duration, which says "not measurable here", and not "took no time".

export interface Timings {
  /** Runs a phase and notes how long it took; a phase that runs several times is added up. */
  measure<T>(phase: string, work: () => T | Promise<T>): Promise<T>;
  /** The header's value, phases in the order in which they first ended, ms. @see https://www.w3.org/TR/server-timing/ */
  header(): string;
}

/** @param clock ms, from any origin */
export function createTimings(clock: () => number): Timings {
  const phases = new Map<string, number>();
  return {
    async measure(name, work) {
      const start = clock();
      const value = await work();
      phases.set(name, (phases.get(name) ?? 0) + clock() - start);
      return value;
    },
    header: () =>
      Array.from(phases, ([name, ms]) => (ms > 0 ? `${name};dur=${ms.toFixed(1)}` : name)).join(', '),
  };
}
