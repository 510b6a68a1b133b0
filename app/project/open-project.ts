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
import type { Frame, Prediction, PredictOptions, Trained } from '../training/trainer.ts';

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

/** A softmax head that was trained and is not kept yet. */
export interface Candidate {
  readonly trained: Trained;
  /** Predictions by it, without keeping it, are not made: compare its held-out figures with the live head's. */
  readonly options: Omit<SoftmaxOptions, 'signal'>;
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
  /** Makes a candidate the head that answers. */
  keep(candidate: Candidate): Promise<void>;
  /** Goes back to the live head. */
  discardKept(): Promise<Undo>;

  /** The head file that answers; null: none. */
  headFile(): Promise<HeadRecord | null>;
  /** Frees object URLs and stops listening to other tabs; storage is complete already. */
  close(): void;
}
