// Fine-tuning as the page asks for it: the training itself, told as it goes. On the backend that is set, in a worker that
// does nothing else meanwhile.
import {
  type FineTuned,
  type FineTuneOptions,
  FineTuningDiverged,
  fineTune,
} from '../../../src/head/fine-tune.ts';
import { digestStatistics, readStatistics } from '../../../src/trunk/batch-norm.ts';
import { overlayWeights } from '../../../src/trunk/overlay.ts';
import { lowerTrain } from '../../../src/trunk/train.ts';
import type { FineTunedHead, FineTuneSettings } from '../deeper.ts';
import { labelled } from '../labelled.ts';
import type { Calls, ProgressOf } from '../protocol.ts';
import { defaultRecipe } from '../recipe.ts';
import type { Job } from '../scheduler.ts';
import { describeTrained } from '../trained.ts';
import { Diverged, type Trained } from '../trainer.ts';
import type { Trunk } from '../trunk.ts';
import { createActivations } from './activations.ts';
import { STEP_BYTES, stepBytes } from './memory.ts';
import { inOrder, type Work } from './work.ts';

/** Ways in which each photo is shown where photos are varied, the photo itself among them. */
export const VARIANTS = 4;
/** Least time between two checkpoints, ms: they are megabytes that go to the page and to its storage. */
const CHECKPOINT_MS = 8_000;

/**
 * Trains.
 * @throws AppError `aborted`, `not_trainable`, `head_not_ready`, `head_too_large`, `digest_mismatch`; DeviceError `training_too_large`; Diverged
 */
export async function* fineTuneJob(
  trunk: Trunk,
  { set, photos, settings, resume }: Calls['fineTune']['ask'],
  { say, signal, breathe }: Work<ProgressOf<'fineTune'>>,
): Job<FineTunedHead> {
  const { manifest, model } = trunk;
  const { from, to, batchNorm, seed } = settings;
  const start = performance.now();
  const recipe = { ...defaultRecipe(manifest), cut: to };
  const maps = createActivations(inOrder(set, photos), trunk.upTo(from), { ...recipe, seed });
  for (let i = 0; i < photos.length && !signal.aborted; i++) {
    say({ kind: 'preparing', done: i, of: photos.length });
    await maps.of([i], 0);
    yield;
  }
  const top = lowerTrain(model, { from, to, seed });
  try {
    stepBytes(top, (await maps.of([0], 0)).shape.slice(1), settings);
    const training = fineTune(
      top,
      {
        ...labelled(set),
        variants: settings.augment ? VARIANTS : 1,
        async activations(examples, variant) {
          // So that a stop is heard in the middle of an epoch.
          await breathe();
          return maps.of(examples, variant);
        },
      },
      { ...optionsOf(settings), pooling: recipe.pooling, resume, signal },
    );
    let saved = Number.NEGATIVE_INFINITY;
    for (;;) {
      const step = await training.next().catch(async (error: unknown) => {
        if (!(error instanceof FineTuningDiverged)) throw error;
        throw new Diverged(await describe(error.lastGood), error.detail);
      });
      if (step.done === true) {
        const { before, loss, bestEpoch, proof } = step.value;
        return { trained: await describe(step.value), before, loss, bestEpoch, proof };
      }
      const { checkpoint, ...progress } = step.value;
      say({ kind: 'epoch', progress });
      if (progress.epoch > 0 && performance.now() - saved > CHECKPOINT_MS) {
        say({ kind: 'checkpoint', checkpoint: await checkpoint() });
        saved = performance.now();
      }
      yield;
    }
  } finally {
    top.dispose();
  }

  async function describe(tuned: FineTuned): Promise<Trained> {
    const { tuned: overlay, proof } = tuned;
    const statistics = await digestStatistics(readStatistics(overlayWeights(model, overlay)));
    const tuning = { from, batchNorm, proof: { ...proof, moved: [...proof.moved] } };
    const figures = { fitMs: performance.now() - start, outlook: null };
    return describeTrained(tuned, set, manifest, figures, { recipe, overlay, statistics, tuning });
  }
}

/** The settings as the trainer takes them. */
export function optionsOf(settings: FineTuneSettings): FineTuneOptions {
  const { from: _from, to: _to, augment: _augment, ...options } = settings;
  return { ...options, memory: STEP_BYTES };
}
