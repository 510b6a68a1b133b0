// What goes deeper than the live head: fine-tuning, with what a closed tab left of it; heads for another light; the lab.
// Photos are read here and given to the trainer. No words here.
import { type Signal, signal } from '@preact/signals';
import { sha256Hex } from '../../src/contract/digest.ts';
import { AppError } from '../../src/contract/errors.ts';
import type { Digest } from '../../src/contract/ids.ts';
import type { TrainingProgress } from '../../src/head/trainer.ts';
import { DeviceError } from '../failure.ts';
import type { ClassId, ExampleId, TrainingRecord } from '../storage/schema.ts';
import type { FineTuneSettings } from '../training/deeper.ts';
import type { GivenHead, Photo, TrainingSet } from '../training/trainer.ts';
import type { Heads } from './heads.ts';
import { basisOf, type Learner } from './learning.ts';
import type { OpenProject } from './open-project.ts';
import type { Workspace } from './workspace.ts';

type DeeperActions = Pick<
  OpenProject,
  'fineTuneCost' | 'fineTune' | 'brokenOff' | 'forgetBrokenOff' | 'adapt' | 'lab'
>;

/** Weight of the statistics of a new light against the stored ones. @see docs/accuracy.md */
const ALPHA = 0.5;

/** @param left what a closed tab left of a fine-tuning */
export function deeperActions(
  { id: project, storage, trainer, examples, project: record }: Workspace,
  {
    learner,
    heads,
    left,
  }: { readonly learner: Learner; readonly heads: Heads; readonly left: TrainingRecord | null },
): DeeperActions {
  const brokenOff: Signal<TrainingRecord | null> = signal(left);

  async function photosOf(ids: readonly ExampleId[]): Promise<readonly Photo[]> {
    const photos: Photo[] = [];
    for (const id of ids) {
      const photo = await storage.photo(id);
      if (photo === null) throw new DeviceError('photo_missing');
      photos.push({ id, data: photo.data });
    }
    return photos;
  }

  async function basis(set: TrainingSet): Promise<Digest> {
    const status = trainer.status.peek();
    if (status.state !== 'ready') throw new DeviceError('trainer_unavailable');
    return sha256Hex(new TextEncoder().encode(basisOf(status.space, set)));
  }

  async function forget(): Promise<void> {
    brokenOff.value = null;
    await storage.deleteTraining(project);
  }

  /** What a training that was broken off goes on with. */
  async function resumed(set: TrainingSet, settings: FineTuneSettings): Promise<TrainingRecord> {
    const record = await storage.training(project);
    if (
      record === null ||
      record.basis !== (await basis(set)) ||
      JSON.stringify(record.settings) !== JSON.stringify(settings)
    )
      throw new DeviceError('training_outdated');
    return record;
  }

  return {
    brokenOff,
    forgetBrokenOff: forget,
    fineTuneCost: (settings) =>
      trainer.fineTuneCost(settings, {
        photos: examples.peek().length,
        classes: new Set(examples.peek().map((example) => example.class)).size,
      }),

    async fineTune(settings, { onEvent, signal: stop, resume = false }) {
      await learner.caughtUp(stop);
      const set = learner.trainingSet();
      const from = resume ? await resumed(set, settings) : null;
      const photos = await photosOf(set.examples.map(({ id }) => id));
      if (!resume) await forget();
      brokenOff.value = null;
      let last = from;
      const progress: TrainingProgress[] = [...(from?.progress ?? [])];
      const now = await basis(set);
      /** One after the other; one that does not fit on the disk is no reason to stop. */
      let saving: Promise<void> = Promise.resolve();
      try {
        const tuned = await trainer.fineTune(
          { set, photos, settings, resume: from?.checkpoint ?? null },
          {
            signal: stop,
            onEvent(event) {
              if (event.kind === 'epoch') progress.push(event.progress);
              onEvent(event);
            },
            onCheckpoint(checkpoint) {
              const saved = {
                ...{ project, settings, checkpoint, basis: now, savedAt: Date.now() },
                progress: progress.filter(({ epoch }) => epoch <= checkpoint.epoch),
              };
              last = saved;
              saving = saving.then(() => storage.putTraining(saved)).catch(() => {});
            },
          },
        );
        await saving.then(forget);
        return tuned;
      } catch (error) {
        await saving;
        // A crash is like a closed tab: it may go on. Whatever else ended it has ended it for good.
        if (error instanceof DeviceError && error.code === 'trainer_crashed') brokenOff.value = last;
        else await forget().catch(() => {});
        throw error;
      }
    },

    async adapt(frames, hooks) {
      await learner.caughtUp(hooks.signal);
      const set = learner.trainingSet();
      const photos = await photosOf(set.examples.map(({ id }) => id));
      return trainer.adapt(
        { set, photos, frames, alpha: ALPHA, head: answering(heads.answering.peek()) },
        hooks,
      );
    },

    async lab(photo, mates, hooks) {
      await learner.caughtUp(hooks.signal);
      const wanted = new Set([photo, ...mates.flat()]);
      const classes = new Map<ExampleId, ClassId>(
        examples.peek().flatMap((one) => (wanted.has(one.id) ? [[one.id, one.class] as const] : [])),
      );
      const { live } = learner.learning.peek();
      const head = answering(live ?? heads.stored.peek());
      const there = new Set<ClassId | null>(record.peek().classes.map(({ id }) => id));
      return trainer.lab(
        {
          ...{ photo, mates, classes, photos: await photosOf([...wanted]) },
          head: { data: head.data, classes: head.classes.map((of) => (there.has(of) ? of : null)) },
        },
        hooks,
      );
    },
  };
}

function answering(head: GivenHead | null): GivenHead {
  if (head === null) throw new AppError('head_not_ready', { detail: 'There is no head yet.' });
  return { data: head.data, classes: head.classes };
}
