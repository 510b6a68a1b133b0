// Gets the trainer the features of every example: stored ones are given, missing ones are computed in small batches and
// stored. Photos wait as long as the trainer is not ready.
import { DeviceError } from '../failure.ts';
import type { ExampleId, FeatureSpace } from '../storage/schema.ts';
import type { Workspace } from './workspace.ts';

/** Photos of one call of the trainer: few, so that the live view is not kept waiting. */
const BATCH = 4;

export interface FeatureKeeper {
  /** Whether the trainer has the features of an example. */
  has(id: ExampleId): boolean;
  /** Number of photos that are known to lack them. */
  pending(): number;
  /** Whether `step` has something to do. */
  due(): boolean;
  /** The trainer was started anew: it knows nothing. */
  restart(): void;
  /** Storage may have photos and features that were not seen yet. */
  reload(): void;
  /** Gives what is stored, or computes one batch. @throws what stands in the way of all photos, not of one */
  step(space: FeatureSpace): Promise<void>;
  /** Why a photo has no features, or why they could not be stored; null: all is well. */
  problem(): unknown;
}

export function createFeatureKeeper(workspace: Workspace): FeatureKeeper {
  const { id: project, storage, trainer, examples, inTurn } = workspace;
  const known = new Set<ExampleId>();
  const unreadable = new Map<ExampleId, unknown>();
  let unstored: unknown = null;
  /** Until storage has been asked, photos that were there before count as done. */
  let assumed: ReadonlySet<ExampleId> = new Set(examples.peek().map(({ id }) => id));
  let loaded = false;

  const missing = () =>
    examples
      .peek()
      .map(({ id }) => id)
      .filter((id) => !known.has(id) && !unreadable.has(id));

  async function giveStored(space: FeatureSpace): Promise<void> {
    const wanted = new Set(missing());
    if (wanted.size === 0) return;
    const stored = (await storage.features(space, project)).filter(({ example }) => wanted.has(example));
    if (stored.length === 0) return;
    await trainer.give(stored.map(({ example, values }) => ({ id: example, values })));
    for (const { example } of stored) known.add(example);
  }

  async function compute(space: FeatureSpace, ids: readonly ExampleId[]): Promise<void> {
    const photos = (await Promise.all(ids.map((id) => storage.photo(id)))).filter((photo) => photo !== null);
    if (photos.length < ids.length)
      await noteGone(ids.filter((id) => !photos.some((photo) => photo.id === id)));
    if (photos.length === 0) return;
    let vectors: readonly Float32Array[];
    try {
      vectors = await trainer.features(photos.map(({ id, data }) => ({ id, data })));
    } catch (cause) {
      if (trainer.status.peek().state !== 'ready' || cause instanceof DeviceError) throw cause;
      const [only, ...others] = photos;
      if (only !== undefined && others.length === 0) unreadable.set(only.id, cause);
      // One of them is to blame.
      else for (const { id } of photos) await compute(space, [id]);
      return;
    }
    for (const { id } of photos) known.add(id);
    const records = photos.flatMap(({ id: example }, i) => {
      const values = vectors[i];
      return values === undefined ? [] : [{ space, project, example, values }];
    });
    // The trainer has them for now; next time they are computed again.
    unstored = await storage.putFeatures(records).then(
      () => null,
      (cause: unknown) => cause,
    );
  }

  /** Photos that storage does not have: deleted a moment ago, or lost, and then they are not asked for again. */
  async function noteGone(ids: readonly ExampleId[]): Promise<void> {
    await inTurn(async () => {});
    const shown = new Set(examples.peek().map(({ id }) => id));
    for (const id of ids) if (shown.has(id)) unreadable.set(id, new DeviceError('photo_missing'));
  }

  return {
    has: (id) => known.has(id),
    pending: () => missing().filter((id) => loaded || !assumed.has(id)).length,
    due: () => !loaded || missing().length > 0,
    restart() {
      assumed = new Set([...assumed, ...known]);
      known.clear();
      unreadable.clear();
      loaded = false;
    },
    reload() {
      unreadable.clear();
      loaded = false;
    },
    async step(space) {
      if (loaded) return compute(space, missing().slice(0, BATCH));
      loaded = true;
      await giveStored(space).catch((cause: unknown) => {
        loaded = false;
        throw cause;
      });
    },
    problem() {
      const lost = examples.peek().find(({ id }) => unreadable.has(id));
      return lost === undefined ? unstored : unreadable.get(lost.id);
    },
  };
}
