// Whether the browser keeps what is stored here, and how much room there is. It is asked to keep it once the first
// photos are saved, when the person has something to lose, and never at load: some browsers ask the person in turn.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Storage } from './storage.ts';

/** What the browser says; null: it does not. */
export interface StorageSpace {
  /** Whether it promises not to delete anything by itself. */
  readonly persisted: boolean | null;
  /** Bytes that the app uses on this device, and may use. */
  readonly usage: number | null;
  readonly quota: number | null;
}

/** What of `navigator.storage` is used. */
export type SpaceSource = Pick<StorageManager, 'persisted' | 'persist' | 'estimate'>;

export interface Persistence {
  readonly space: ReadonlySignal<StorageSpace>;
  /** Looks again. */
  refresh(): Promise<void>;
  /** Asks the browser to keep everything. @returns whether it does */
  ask(): Promise<boolean>;
  /** Asks once, when photos were added here and none has followed for a moment. @returns stops it */
  askAfterFirstPhotos(storage: Pick<Storage, 'onChange'>): () => void;
}

/** A question of the browser must not come between two photos, ms. */
const QUIET_MS = 2000;

/** @param source none where the browser has none, or not here (http) */
export function createPersistence(
  source: SpaceSource | undefined,
  { quietMs = QUIET_MS }: { readonly quietMs?: number } = {},
): Persistence {
  const space = signal<StorageSpace>({ persisted: null, usage: null, quota: null });

  async function refresh(): Promise<void> {
    const [persisted, estimate] = await Promise.all([
      source?.persisted().catch(() => null),
      source?.estimate().catch(() => null),
    ]);
    space.value = {
      persisted: persisted ?? null,
      usage: estimate?.usage ?? null,
      quota: estimate?.quota ?? null,
    };
  }

  async function ask(): Promise<boolean> {
    await source?.persist().catch(() => false);
    await refresh();
    return space.peek().persisted === true;
  }

  function askAfterFirstPhotos(storage: Pick<Storage, 'onChange'>): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stopListening = storage.onChange(({ what, elsewhere }) => {
      if (what !== 'examples' || elsewhere) return;
      clearTimeout(timer);
      timer = setTimeout(async () => {
        stopListening();
        await refresh();
        if (space.peek().persisted === false) await ask();
      }, quietMs);
    });
    return () => {
      clearTimeout(timer);
      stopListening();
    };
  }

  return { space, refresh, ask, askAfterFirstPhotos };
}

/** The one of this page. */
export const persistence = createPersistence(globalThis.navigator?.storage);
