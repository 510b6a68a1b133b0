// The project that is open, as every screen sees it: signals to show, and actions that write to storage first and then
// let the trainer follow. `createOpenProject` (create.ts) makes it.
import type { ReadonlySignal } from '@preact/signals';
import type { SoftmaxOptions } from '../../src/head/softmax-options.ts';
import type { TrainingProgress } from '../../src/head/trainer.ts';
import type {
  BurstId,
  ClassId,
  ExampleId,
  ExampleRecord,
  HeadRecord,
  ProjectRecord,
} from '../storage/schema.ts';
import type {
  Adapted,
  BrokenOff,
  FineTuneCost,
  FineTunedHead,
  FineTuneEvent,
  FineTuneSettings,
  LabResult,
} from '../training/deeper.ts';
import type { Frame, Prediction, PredictOptions, StepHooks, Trained } from '../training/trainer.ts';

/** Takes a change back. */
export type Undo = () => Promise<void>;

export interface Learning {
  /** Photos whose features are still to be computed. */
  readonly pending: number;
  /** The live head is being fitted. */
  readonly fitting: boolean;
  /** The live head of the examples as they are, or as they were a moment ago; null: there is none yet. */
  readonly live: Trained | null;
  /** Why the last attempt failed; null when it did not. */
  readonly error: unknown;
}

/** What became of a set of files. */
export interface ImportReport {
  readonly added: number;
  readonly refused: readonly { readonly name: string; readonly error: unknown }[];
}

/** A head that was trained and is not kept yet. Predictions by it are not made: compare its held-out figures. */
export interface Candidate {
  readonly trained: Trained;
}

export interface OpenProject {
  readonly project: ReadonlySignal<ProjectRecord>;
  /** Oldest first. */
  readonly examples: ReadonlySignal<readonly ExampleRecord[]>;
  readonly learning: ReadonlySignal<Learning>;
  /** The head that a person trained or received, which answers instead of the live one; null: none. */
  readonly kept: ReadonlySignal<HeadRecord | null>;

  rename(title: string): Promise<void>;
  setAnswers(answers: Partial<ProjectRecord['answers']>): Promise<void>;

  /** Without a name: the next free "Class n". @throws DeviceError `class_name_invalid`, `class_name_taken`, `too_many_classes` */
  addClass(name?: string): Promise<ClassId>;
  /** @throws as `addClass` */
  renameClass(id: ClassId, name: string): Promise<void>;
  recolourClass(id: ClassId, colour: number): Promise<void>;
  moveClass(id: ClassId, to: number): Promise<void>;
  mergeClass(from: ClassId, into: ClassId): Promise<Undo>;
  deleteClass(id: ClassId): Promise<Undo>;

  /** Resolves when the photo is stored. @throws DeviceError `storage_*` */
  addFrame(to: ClassId, frame: Frame, burst: BurstId): Promise<ExampleRecord>;
  /** Files that cannot be read are refused by name, the others are added. */
  addFiles(
    to: ClassId,
    files: readonly File[],
    hooks?: {
      readonly source?: ExampleRecord['source'];
      readonly onProgress?: (done: number, of: number) => void;
      readonly signal?: AbortSignal;
    },
  ): Promise<ImportReport>;
  deleteExamples(ids: readonly ExampleId[]): Promise<Undo>;
  moveExamples(ids: readonly ExampleId[], to: ClassId): Promise<Undo>;
  /** An object URL of the photo, the same for everyone while the project is open; null when it is gone. */
  photoUrl(id: ExampleId): Promise<string | null>;

  /** Null while there is no head. */
  predictFrame(frame: Frame, options?: PredictOptions): Promise<Prediction | null>;
  predictFile(file: Blob, options?: PredictOptions): Promise<Prediction | null>;

  /** @throws AppError `aborted`; Diverged, whose last good head can be kept as a candidate */
  trainSoftmax(
    options: Omit<SoftmaxOptions, 'signal'>,
    hooks: { readonly onProgress: (progress: TrainingProgress) => void; readonly signal: AbortSignal },
  ): Promise<Candidate>;
  /** Measured on this device, for the photos of now. @throws AppError `not_trainable` */
  fineTuneCost(settings: FineTuneSettings): Promise<FineTuneCost>;
  /**
   * Fine-tunes the layers between two cuts; what it has reached is stored now and then, in `brokenOff`.
   * @param hooks.resume goes on where `brokenOff` ended; `settings` must be its own
   * @throws AppError `aborted`, `head_not_ready`; Diverged, whose last good head can be kept as a candidate;
   *   DeviceError `training_outdated` when photos, classes or trunk have changed since it was broken off
   */
  fineTune(
    settings: FineTuneSettings,
    hooks: {
      readonly onEvent: (event: FineTuneEvent) => void;
      readonly signal: AbortSignal;
      readonly resume?: boolean;
    },
  ): Promise<FineTunedHead>;
  /** The fine-tuning that a closed tab, or a crash, broke off; null: none. */
  readonly brokenOff: ReadonlySignal<Pick<BrokenOff, 'settings' | 'progress' | 'savedAt'> | null>;
  forgetBrokenOff(): Promise<void>;
  /**
   * A head for the light of unlabelled frames.
   * @param frames at least `MIN_LIGHT_FRAMES`, as `Trainer.prepareFrame` encodes them
   * @throws AppError `aborted`; DeviceError `light_too_few_frames`, `light_too_few_classes`
   */
  adapt(frames: readonly ArrayBuffer[], hooks: StepHooks): Promise<Adapted>;
  /** One photo with several sets of batch-mates through the four pairs of flags. @throws AppError `aborted`, `head_not_ready` */
  lab(photo: ExampleId, mates: readonly (readonly ExampleId[])[], hooks: StepHooks): Promise<LabResult>;
  /** Makes a candidate (also a fine-tuned or adapted head) the one that answers. @returns the way back to what answered before */
  keep(candidate: Candidate): Promise<Undo>;
  /** Goes back to the live head. */
  discardKept(): Promise<Undo>;

  /** The head file that answers; null: none. */
  headFile(): Promise<HeadRecord | null>;
  /** Frees object URLs and stops listening to other tabs; storage is complete already. */
  close(): void;
}
