// Measures what a training costs once its settings have rested, one measurement at a time; answers to what is not asked
// any more are dropped. No words and no elements here.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { FineTuneCost } from '../../training/deeper.ts';

export type Cost =
  | { readonly state: 'none' }
  | { readonly state: 'measuring' }
  | { readonly state: 'known'; readonly cost: FineTuneCost }
  | { readonly state: 'failed'; readonly error: unknown };

export interface CostMeter {
  readonly cost: ReadonlySignal<Cost>;
  /**
   * Asks anew when `basis` is another than before.
   * @param basis all that the answer depends on; null: nothing can be measured
   */
  ask(basis: string | null, measure: () => Promise<FineTuneCost>): void;
  /** Forgets what was asked. */
  stop(): void;
}

/** A line that is dragged rests for so long, ms. */
const REST_MS = 300;

export function createCostMeter(): CostMeter {
  const cost = signal<Cost>({ state: 'none' });
  /** A line that is moved back costs what it cost. */
  const known = new Map<string | null, Cost>();
  let asked: string | null = null;
  let measuring = false;
  let next: (() => Promise<FineTuneCost>) | null = null;
  let timer = 0;

  async function go(): Promise<void> {
    // The trainer cannot be interrupted in a step; what is asked meanwhile comes afterwards.
    if (measuring || next === null) return;
    const measure = next;
    const basis = asked;
    next = null;
    measuring = true;
    const answer = await measure().then(
      (told): Cost => ({ state: 'known', cost: told }),
      (error: unknown): Cost => {
        console.error(error);
        return { state: 'failed', error };
      },
    );
    measuring = false;
    if (answer.state === 'known') known.set(basis, answer);
    if (basis !== asked) return go();
    // Perhaps it was asked once more meanwhile, after something else.
    clearTimeout(timer);
    next = null;
    cost.value = answer;
  }

  return {
    cost,
    ask(basis, measure) {
      if (basis === asked) return;
      asked = basis;
      next = null;
      clearTimeout(timer);
      cost.value = known.get(basis) ?? { state: basis === null ? 'none' : 'measuring' };
      if (cost.value.state !== 'measuring') return;
      timer = window.setTimeout(() => {
        next = measure;
        void go();
      }, REST_MS);
    },
    stop() {
      clearTimeout(timer);
      asked = null;
      next = null;
      cost.value = { state: 'none' };
    },
  };
}
