// What the page sees of the trainer: tfjs, trunk and heads, which all live in one Web Worker behind the bridge.
// Only values that can be cloned cross the boundary; `protocol.ts` has the messages. No I/O here.
import type { ReadonlySignal } from '@preact/signals';
import { AppError } from '../../src/contract/errors.ts';
import type { TrainingReport } from '../../src/contract/head.ts';
import type { Digest } from '../../src/contract/ids.ts';
import type { ModelManifest } from '../../src/contract/manifest.ts';
import type { Checkpoint } from '../../src/head/fine-tune.ts';
import type { SoftmaxOptions } from '../../src/head/softmax-options.ts';
import type { TrainingProgress } from '../../src/head/trainer.ts';
import type { BurstId, ClassId, ExampleId, FeatureSpace, PhotoRecord } from '../storage/schema.ts';
import type {
  Adapted,
  FineTuneCost,
  FineTunedHead,
  FineTuneEvent,
  FineTuneSettings,
  LabResult,
  StepsDone,
} from './deeper.ts';

export type BackendName = 'wasm' | 'wasm-threads' | 'webgl';
/** Those that tfjs runs on, which trains layers of the trunk. */
export type DeeperBackend = Exclude<BackendName, 'wasm-threads'>;

export type TrainerStatus =
  | { readonly state: 'idle' }
  /** Bytes of the trunk; what was downloaded before an interruption is not downloaded again. */
  | { readonly state: 'downloading'; readonly done: number; readonly of: number }
  | { readonly state: 'starting' }
  | {
      readonly state: 'ready';
      readonly manifest: ModelManifest;
      readonly backend: BackendName;
      readonly space: FeatureSpace;
    }
  /** `start()` tries again. */
  | { readonly state: 'failed'; readonly error: unknown };

/** A photo as it is stored: small, upright, without metadata when it was redrawn. */
export interface PreparedPhoto {
  readonly type: PhotoRecord['type'];
  readonly data: ArrayBuffer;
  readonly width: number;
  readonly height: number;
}

/** An example as the trainer needs it; its features were made by `features` or given by `give`. */
export interface TrainingExample {
  readonly id: ExampleId;
  readonly class: ClassId;
  readonly burst: BurstId | null;
}

export interface TrainingSet {
  readonly classes: readonly { readonly id: ClassId; readonly name: string }[];
  readonly examples: readonly TrainingExample[];
}

/** A held-out prediction: made by a head that had not seen the example, or its burst. */
export interface HeldOutAnswer {
  readonly example: ExampleId;
  readonly class: ClassId;
  readonly predicted: ClassId;
  /** Probability of its own class, and of the predicted one, [0,1]. */
  readonly own: number;
  readonly confidence: number;
}

/** A share with its 95 per cent interval. */
export interface ShareOf {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/** What was learnt, and how well. */
export interface Trained {
  readonly kind: 'ridge' | 'softmax';
  /** The safetensors file. */
  readonly data: ArrayBuffer;
  readonly revision: Digest;
  /** Class of each label, in the order of the head's labels. */
  readonly classes: readonly ClassId[];
  readonly report: TrainingReport;
  readonly heldOut: readonly HeldOutAnswer[];
  /** Examples by rising margin: the most doubtful first. */
  readonly doubtful: readonly ExampleId[];
  /** Examples not called what they are labelled, the likeliest mislabelled first. */
  readonly suspects: readonly ExampleId[];
  /** Of each class of `classes`: the share recognised, with its interval; null where nothing was held out. */
  readonly recall: readonly (ShareOf | null)[];
  /** Held-out accuracy to expect with `more` more examples of each class; null when that cannot be said. */
  readonly outlook: { readonly more: number; readonly low: number; readonly high: number } | null;
  /** ms that fitting took, features at hand. */
  readonly fitMs: number;
  /** Fitted under statistics that were adapted to a light; left out: under the stored ones. */
  readonly adapted?: boolean;
}

/** Training that met a loss that is not a number; what it had learnt by the last good epoch, if there was one. */
export class Diverged extends AppError {
  readonly lastGood: Trained | null;
  constructor(lastGood: Trained | null, detail: string) {
    super('training_diverged', { detail });
    this.lastGood = lastGood;
  }
}

export interface Score {
  readonly class: ClassId | null;
  readonly label: string;
  /** [0,1] */
  readonly score: number;
}

export interface Prediction {
  /** Every class, in the order of the head's labels. */
  readonly scores: readonly Score[];
  /** Unlike everything seen. */
  readonly rejected: boolean;
  readonly ms: { readonly preprocess: number; readonly trunk: number; readonly head: number };
  /** Class activation map of the class asked for, over the centre square: where the evidence is; row-major. */
  readonly evidence: {
    readonly height: number;
    readonly width: number;
    /** For the class above 0, against it below; the mean of all cells is the class's logit, but for its bias. */
    readonly values: Float32Array;
  } | null;
}

export interface PredictOptions {
  /** `top`: of the most probable class. */
  readonly evidence?: 'top' | ClassId | undefined;
}

/** A frame of the camera, of which the centre square counts; transferred, so that it cannot be used afterwards. */
export type Frame = ImageBitmap | VideoFrame;

/** A head as the trainer gets it: its file, and the class of each of its labels. */
export interface GivenHead {
  readonly data: ArrayBuffer;
  readonly classes: readonly (ClassId | null)[];
}

/** A stored photo. */
export interface Photo {
  readonly id: ExampleId;
  readonly data: ArrayBuffer;
}

export interface FineTuneJob {
  readonly set: TrainingSet;
  /** Of every example of the set; transferred. */
  readonly photos: readonly Photo[];
  readonly settings: FineTuneSettings;
  /** Goes on where it was broken off. */
  readonly resume: Checkpoint | null;
}

export interface AdaptJob {
  readonly set: TrainingSet;
  readonly photos: readonly Photo[];
  /** Encoded as `prepareFrame` gives them; unlabelled. */
  readonly frames: readonly ArrayBuffer[];
  /** Weight of the new statistics against the stored ones, [0,1]. */
  readonly alpha: number;
  /** The head that answers now. */
  readonly head: GivenHead;
}

export interface LabJob {
  readonly photo: ExampleId;
  readonly mates: readonly (readonly ExampleId[])[];
  /** Of the photo and all mates. */
  readonly photos: readonly Photo[];
  /** Of each of them. */
  readonly classes: ReadonlyMap<ExampleId, ClassId>;
  /** The live head. */
  readonly head: GivenHead;
}

export interface StepHooks {
  readonly onProgress: (done: StepsDone) => void;
  readonly signal: AbortSignal;
}

export interface Trainer {
  readonly status: ReadonlySignal<TrainerStatus>;
  /** Downloads what is missing, picks a backend, loads the trunk. Twice is once; after a failure it tries again. */
  start(): Promise<void>;
  /** A file as it will be stored. @throws AppError `image_*` when neither this code nor the browser can read it */
  prepareFile(file: Blob): Promise<PreparedPhoto>;
  /** A camera frame as it will be stored. */
  prepareFrame(frame: Frame): Promise<PreparedPhoto>;
  /** Computes features [d] of stored photos, and remembers them for `fit`. */
  features(photos: readonly Photo[]): Promise<readonly Float32Array[]>;
  /** Remembers features that were computed before. */
  give(features: readonly { readonly id: ExampleId; readonly values: Float32Array }[]): Promise<void>;
  /** Fits the live head on exactly these examples; small changes since the last call are applied exactly and fast. */
  fit(set: TrainingSet): Promise<Trained>;
  /** Trains a softmax head; `onProgress` after each epoch. @throws AppError `aborted`; Diverged */
  trainSoftmax(
    set: TrainingSet,
    options: Omit<SoftmaxOptions, 'signal'>,
    hooks: { readonly onProgress: (progress: TrainingProgress) => void; readonly signal: AbortSignal },
  ): Promise<Trained>;
  /** Measures what a fine-tuning on so many photos and classes would take, by a step of it. @throws AppError `not_trainable`, `not_found` */
  fineTuneCost(
    settings: FineTuneSettings,
    count: { readonly photos: number; readonly classes: number },
  ): Promise<FineTuneCost>;
  /**
   * Fine-tunes the layers between two cuts on the photos of the set.
   * @throws AppError `aborted`; Diverged
   */
  fineTune(
    job: FineTuneJob,
    hooks: {
      readonly onEvent: (event: FineTuneEvent) => void;
      readonly onCheckpoint: (checkpoint: Checkpoint) => void;
      readonly signal: AbortSignal;
    },
  ): Promise<FineTunedHead>;
  /** A head for the light of some frames, fitted under statistics that were re-estimated in the same way. */
  adapt(job: AdaptJob, hooks: StepHooks): Promise<Adapted>;
  /** One photo with each set of batch-mates, through the four pairs of flags. */
  lab(job: LabJob, hooks: StepHooks): Promise<LabResult>;
  /** The head that `predict` answers with, until the next call; null: none. */
  useHead(head: GivenHead | null): Promise<void>;
  /** Null while there is no head, or when a newer frame came before this one's turn. */
  predictFrame(frame: Frame, options?: PredictOptions): Promise<Prediction | null>;
  /** Of a whole file, such as a still photo. */
  predictFile(file: Blob, options?: PredictOptions): Promise<Prediction | null>;
  /** Ends the Web Worker; every pending call rejects. */
  stop(): void;
}
