// The one predictor that all dialects of the HTTP contract call: which head answers, and what it says of images or
// features. It knows nothing of HTTP; who may use which head is the guard's decision.

import type { HeadFile } from '../../src/artifact/head-file.ts';
import { AppError } from '../../src/contract/errors.ts';
import type { Digest, HeadId, ModelName } from '../../src/contract/ids.ts';
import { MAX_BATCH } from '../../src/contract/limits.ts';
import type { ModelManifest } from '../../src/contract/manifest.ts';
import type { NdArray } from '../../src/contract/nd-array.ts';
import { applyHead, checkFeatures, type HeadOutput } from '../../src/head/head.ts';
import { poolingFactor } from '../../src/trunk/pool.ts';
import type { Catalog } from '../catalog.ts';
import { type Caller, findDefaultHead, findHead } from '../guard.ts';
import { checkHeadFits } from '../head-check.ts';
import type { HeadRecord, HeadStore } from '../store/head-store.ts';
import type { LoadedHeads } from './loaded-heads.ts';
import type { Timings } from './timings.ts';
import type { FeatureRecipe, TrunkInput, Trunks } from './trunks.ts';

/** What is asked to answer; nothing given: the default head of the first model. */
export interface HeadChoice {
  readonly model?: ModelName | undefined;
  readonly head?: HeadId | undefined;
  /** One revision of the head; a former one is its owner's alone. */
  readonly revision?: Digest | undefined;
}

/** A head that is ready to answer; `record.revision` is the revision that answers. */
export interface ChosenHead extends Pick<HeadFile, 'head' | 'metadata'> {
  readonly record: HeadRecord;
}

/** A trunk with a recipe for features, and the head on top, if there is one. */
export interface Chosen<H extends ChosenHead | null = ChosenHead | null> {
  readonly manifest: ModelManifest;
  readonly recipe: FeatureRecipe;
  /** Features that the head reads. */
  readonly dim: number;
  readonly head: H;
}

/** Images or features, one or a batch. */
export type PredictorInput = TrunkInput | { readonly kind: 'features'; readonly features: NdArray };

/** What is said of n inputs. */
export interface Predicted<S extends Scores | null = Scores | null> {
  readonly n: number;
  /** [n,d] */
  readonly features: Float32Array;
  /** Null without a head. */
  readonly scores: S;
}

/** What a head says of n inputs, of k classes. */
export interface Scores extends Pick<HeadOutput, 'logits' | 'probabilities'> {
  readonly labels: readonly string[];
  /** [n] whether the input is unlike everything that the head has seen */
  readonly rejected: readonly boolean[];
}

export interface Predictor {
  /**
   * Begins to read the trunk that an image will need, so that a fresh isolate reads it while it looks up which head answers.
   * Neither waits nor fails: what is wrong is said to whoever needs the trunk.
   */
  prepare(choice: Pick<HeadChoice, 'model'>): void;
  /**
   * Finds and loads the head, and sees again that it fits: a deployment may have brought another trunk since it was put.
   * @throws AppError `model_not_found`, `head_not_found`, `trunk_mismatch`, `head_invalid`, `forbidden`, `storage_failed`
   */
  choose(choice: HeadChoice, caller: Caller): Promise<Chosen<ChosenHead>>;
  /** As `choose`, but a model without a default head answers with its features alone, at its default cut. */
  chooseAny(choice: HeadChoice & { readonly model: ModelName }, caller: Caller): Promise<Chosen>;
  /**
   * A row's numbers do not depend, to the bit, on the other rows.
   * @throws AppError `batch_too_large`, `shape_mismatch`, `features_invalid`, `head_invalid`, and what `Trunks.features` throws
   */
  predict(chosen: Chosen<ChosenHead>, input: PredictorInput, timings: Timings): Promise<Predicted<Scores>>;
  predict(chosen: Chosen, input: PredictorInput, timings: Timings): Promise<Predicted>;
}

export function createPredictor({
  heads,
  catalog,
  loadedHeads,
  trunks,
}: {
  readonly heads: HeadStore;
  readonly catalog: Catalog;
  readonly loadedHeads: LoadedHeads;
  readonly trunks: Trunks;
}): Predictor {
  async function find({ model, head: id, revision }: HeadChoice, caller: Caller): Promise<HeadRecord> {
    const asked = model === undefined ? undefined : await catalog.manifest(model);
    const head =
      id === undefined
        ? await findDefaultHead(heads, (asked ?? (await catalog.defaultManifest())).name, caller)
        : await findHead(heads, id, caller, 'predict');
    if (asked !== undefined && asked.name !== head.model)
      throw new AppError('trunk_mismatch', {
        detail: `The head "${head.id}" was trained on "${head.model}". Ask for that model, or leave it out.`,
      });
    if (revision === undefined || revision === head.revision) return head;
    // Making a head public shows what it is, not what it was.
    const past = head.owner === caller?.owner ? await heads.revisions(head) : [];
    if (past.some(({ digest }) => digest === revision)) return { ...head, revision };
    throw new AppError('head_not_found', { detail: `The head "${head.id}" has no such revision.` });
  }

  async function choose(choice: HeadChoice, caller: Caller): Promise<Chosen<ChosenHead>> {
    const record = await find(choice, caller);
    const loaded = await loadedHeads.load(record);
    const manifest = (await catalog.list()).find(({ name }) => name === loaded.metadata.model);
    checkHeadFits(loaded, manifest);
    const { head, metadata, overlay } = loaded;
    const { cut, pooling, preprocessing } = metadata;
    const replaced = overlay.size === 0 ? null : { revision: record.revision, overlay };
    return {
      manifest,
      recipe: { cut, pooling, preprocessing, replaced },
      dim: head.standardize.mean.length,
      head: { record, head, metadata },
    };
  }

  async function featuresOf({ manifest, recipe, dim }: Chosen, input: PredictorInput, timings: Timings) {
    if (input.kind !== 'features') {
      const made = await trunks.features(manifest, recipe, input, timings);
      // Weights of a stranger can be finite and what they give not; the trunk's own always give numbers.
      if (recipe.replaced !== null && !made.data.every(Number.isFinite))
        throw new AppError('head_invalid', {
          detail: 'The head’s own layers of the trunk do not give numbers for this image. Train it again.',
        });
      return made.data;
    }
    const { data, shape } = input.features;
    const [n = 0, d] = shape;
    if (shape.length !== 2 || d !== dim || data.length !== n * d)
      throw new AppError('features_invalid', {
        detail: `The features must have the shape [n,${dim}] and not [${shape}].`,
      });
    checkFeatures(data, n, dim);
    return data;
  }

  async function predict(
    chosen: Chosen<ChosenHead>,
    input: PredictorInput,
    timings: Timings,
  ): Promise<Predicted<Scores>>;
  async function predict(chosen: Chosen, input: PredictorInput, timings: Timings): Promise<Predicted>;
  async function predict(chosen: Chosen, input: PredictorInput, timings: Timings): Promise<Predicted> {
    const n = countOf(input);
    if (n < 1 || n > MAX_BATCH)
      throw new AppError('batch_too_large', {
        detail: `A batch has 1 to ${MAX_BATCH} images or feature vectors; this one has ${n}. Send several requests.`,
      });
    const features = await featuresOf(chosen, input, timings);
    if (chosen.head === null) return { n, features, scores: null };
    const { head } = chosen.head;
    const { logits, probabilities, rejection } = await timings.measure('head', () =>
      applyHead(head, features, n),
    );
    const limit = head.calibration.rejectAbove ?? Number.POSITIVE_INFINITY;
    const rejected = Array.from(rejection, (score) => score > limit);
    return { n, features, scores: { labels: head.labels, logits, probabilities, rejected } };
  }

  return {
    prepare({ model }) {
      const asked = model === undefined ? catalog.defaultManifest() : catalog.manifest(model);
      asked.then(trunks.model).catch(() => {});
    },
    choose,
    async chooseAny(choice, caller) {
      try {
        return await choose(choice, caller);
      } catch (cause) {
        const bare = choice.head === undefined && choice.revision === undefined;
        if (!bare || !(cause instanceof AppError) || cause.code !== 'head_not_found') throw cause;
        return bareTrunk(await catalog.manifest(choice.model));
      }
    },
    predict,
  };
}

function bareTrunk(manifest: ModelManifest): Chosen<null> {
  const { cut, pooling, size } = manifest.defaults;
  const channels = manifest.cuts.find(({ layer }) => layer === cut)?.dim ?? 0;
  const preprocessing = { size, range: manifest.input.range };
  return {
    ...{ manifest, recipe: { cut, pooling, preprocessing, replaced: null } },
    ...{ dim: channels * poolingFactor(pooling), head: null },
  };
}

function countOf(input: PredictorInput): number {
  switch (input.kind) {
    case 'encoded':
      return input.images.length;
    case 'tensor':
      return input.images.shape[0] ?? 0;
    case 'features':
      return input.features.shape[0] ?? 0;
    default:
      return input satisfies never;
  }
}
