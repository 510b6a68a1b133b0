// Fine-tuning of an open project: what a closed tab leaves of it, and what goes on. The trainer is a fake that trains when
// it is told to; storage is real.
import { deleteDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeviceError } from '../../../../app/failure.ts';
import { createOpenProject, createProject } from '../../../../app/project/create.ts';
import type { OpenProject } from '../../../../app/project/open-project.ts';
import { openStorage } from '../../../../app/storage/database.ts';
import type { BurstId, ClassId, ProjectId } from '../../../../app/storage/schema.ts';
import type { Storage } from '../../../../app/storage/storage.ts';
import type { FineTuneSettings } from '../../../../app/training/deeper.ts';
import type { FineTuneJob, Trainer } from '../../../../app/training/trainer.ts';
import { AppError } from '../../../../src/contract/errors.ts';
import type { Checkpoint } from '../../../../src/head/fine-tune.ts';
import { createFakeTrainer, type FakeTrainer } from '../../support/fake-trainer.ts';

const SETTINGS: FineTuneSettings = {
  ...{ from: 'a', to: 'b', batchNorm: { trainable: true, training: false }, optimizer: 'adam' },
  ...{ learningRate: 1e-4, weightDecay: 0, epochs: 9, batchSize: 16, validation: 0.2, patience: 0 },
  ...{ seed: 0, augment: false },
};

interface Running {
  readonly job: FineTuneJob;
  readonly hooks: Parameters<Trainer['fineTune']>[1];
  readonly reject: (error: unknown) => void;
}

let name: string;
let id: ProjectId;
let storage: Storage;
let trainer: FakeTrainer;
let open: OpenProject;
const started: Running[] = [];
const closing: { close(): void }[] = [];

beforeEach(async () => {
  name = `test-${crypto.randomUUID()}`;
  storage = await openStorage({ name });
  trainer = Object.assign(await createFakeTrainer(), {
    fineTune: (job: FineTuneJob, hooks: Running['hooks']) =>
      new Promise<never>((_, reject) => started.push({ job, hooks, reject })),
  });
  trainer.ready();
  id = await createProject(storage, 'Leaves');
  open = await openAgain();
  for (const { id: of } of open.project.value.classes) await shoot(of);
});

afterEach(async () => {
  for (const one of closing.splice(0)) one.close();
  started.splice(0);
  storage.close();
  await deleteDB(name);
});

async function openAgain(): Promise<OpenProject> {
  const project = await createOpenProject({ storage, trainer }, id);
  if (project === null) throw new Error('The project is there.');
  closing.push(project);
  return project;
}

async function shoot(to: ClassId): Promise<void> {
  await open.addFrame(to, await createImageBitmap(new ImageData(4, 4)), 'burst-1' as BurstId);
}

const checkpoint = (epoch: number): Checkpoint => {
  const weights = {
    top: new Map([['kernel', new Float32Array([epoch])]]),
    dense: { kernel: new Float32Array(2), bias: new Float32Array(1), activation: 'linear' },
  } as const;
  return {
    epoch,
    current: weights,
    updater: { steps: epoch, slots: [] },
    best: { ...weights, epoch, loss: 1 },
  };
};

/** A training that has got so far. */
async function train(epochs: number, { resume = false, in: of = open, stop = new AbortController() } = {}) {
  const already = started.length;
  const training = of.fineTune(SETTINGS, { onEvent: () => {}, signal: stop.signal, resume });
  training.catch(() => {});
  await vi.waitFor(() => expect(started.length).toBeGreaterThan(already));
  const running = started.at(-1);
  if (running === undefined) throw new Error('It has started.');
  const { hooks, job } = running;
  for (let epoch = (job.resume?.epoch ?? -1) + 1; epoch <= epochs; epoch++) {
    const loss = { loss: 1, accuracy: null, validationLoss: 1, validationAccuracy: 0.5 };
    hooks.onEvent({ kind: 'epoch', progress: { epoch, epochs: SETTINGS.epochs, ...loss } });
    if (epoch > 0) hooks.onCheckpoint(checkpoint(epoch));
  }
  await vi.waitFor(async () => expect((await storage.training(id))?.checkpoint.epoch).toBe(epochs));
  return { training, running };
}

describe('a fine-tuning', () => {
  it('is given every photo, and what it has reached is stored', async () => {
    const { running } = await train(2);
    expect(running.job.photos.map((photo) => photo.id)).toEqual(
      open.examples.value.map((example) => example.id),
    );
    expect(running.job.resume).toBe(null);
    expect(open.brokenOff.value).toBe(null);
  });

  it('that a closed tab broke off goes on where it was, with what was seen of it', async () => {
    await train(3);
    open.close();
    const again = await openAgain();
    expect(again.brokenOff.value).toMatchObject({ settings: SETTINGS });
    expect(again.brokenOff.value?.progress.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3]);
    const { running } = await train(5, { resume: true, in: again });
    expect(running.job.resume).toEqual(checkpoint(3));
    expect((await storage.training(id))?.progress.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('that a crash broke off can go on, and one that was stopped cannot', async () => {
    const crashed = await train(1);
    crashed.running.reject(new DeviceError('trainer_crashed'));
    await expect(crashed.training).rejects.toMatchObject({ code: 'trainer_crashed' });
    expect(open.brokenOff.value?.progress).toHaveLength(2);
    const stopped = await train(2, { resume: true });
    expect(open.brokenOff.value).toBe(null);
    stopped.running.reject(new AppError('aborted', { detail: 'It was stopped.' }));
    await expect(stopped.training).rejects.toMatchObject({ code: 'aborted' });
    expect(open.brokenOff.value).toBe(null);
    expect(await storage.training(id)).toBe(null);
  });

  it('does not go on with other photos or settings, and keeps what there is', async () => {
    await train(1);
    open.close();
    open = await openAgain();
    const other = open.fineTune(
      { ...SETTINGS, seed: 1 },
      { onEvent: () => {}, signal: new AbortController().signal, resume: true },
    );
    await expect(other).rejects.toMatchObject({ code: 'training_outdated' });
    await shoot(open.project.value.classes[0]?.id as ClassId);
    const more = open.fineTune(SETTINGS, {
      ...{ onEvent: () => {}, signal: new AbortController().signal, resume: true },
    });
    await expect(more).rejects.toMatchObject({ code: 'training_outdated' });
    expect(open.brokenOff.value).not.toBe(null);
    await open.forgetBrokenOff();
    expect(open.brokenOff.value).toBe(null);
    expect(await storage.training(id)).toBe(null);
  });

  it('leaves nothing behind when its project is deleted', async () => {
    const { running } = await train(1);
    await storage.deleteProject(id);
    expect(await storage.training(id)).toBe(null);
    running.hooks.onCheckpoint(checkpoint(2));
    running.reject(new AppError('aborted', { detail: 'It was stopped.' }));
    await vi.waitFor(async () => expect(await storage.training(id)).toBe(null));
  });
});

describe('keeping a head', () => {
  it('can be taken back, to the head that was kept before', async () => {
    await vi.waitFor(() => expect(open.learning.value.live).not.toBe(null));
    const { live } = open.learning.value;
    if (live === null) throw new Error('There is a live head.');
    const undoFirst = await open.keep({ trained: { ...live, kind: 'softmax' } });
    const first = open.kept.value;
    const undo = await open.keep({ trained: { ...live, adapted: true } });
    expect(open.kept.value?.adapted).toBe(true);
    await undo();
    expect(open.kept.value).toEqual(first);
    await undoFirst();
    expect(open.kept.value).toBe(null);
    expect(await storage.head(id, 'kept')).toBe(null);
  });
});
