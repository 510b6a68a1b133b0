// Everything that crosses between the page and the trainer's Web Worker. Both sides come from one build, so that the
// shapes are types; the version catches a page and a worker of two builds. Cloneable data only.
import { AppError, type ErrorCode } from '../../src/contract/errors.ts';
import type { ModelManifest } from '../../src/contract/manifest.ts';
import type { Checkpoint } from '../../src/head/fine-tune.ts';
import type { SoftmaxOptions } from '../../src/head/softmax-options.ts';
import type { TrainingProgress } from '../../src/head/trainer.ts';
import { DeviceError, type DeviceErrorCode } from '../failure.ts';
import type { ExampleId } from '../storage/schema.ts';
import type {
  Adapted,
  FineTuneCost,
  FineTunedHead,
  FineTuneEvent,
  FineTuneSettings,
  LabResult,
  StepsDone,
} from './deeper.ts';
import {
  type AdaptJob,
  type BackendName,
  type DeeperBackend,
  Diverged,
  type FineTuneJob,
  type Frame,
  type GivenHead,
  type LabJob,
  type Photo,
  type Prediction,
  type PredictOptions,
  type PreparedPhoto,
  type Trained,
  type TrainingSet,
} from './trainer.ts';

export const PROTOCOL_VERSION = 2;

/** A trunk's files, by the paths of its manifest. */
export interface TrunkFiles {
  readonly manifest: ModelManifest;
  readonly files: ReadonlyMap<string, ArrayBuffer>;
}

/** What a backend computes for the self-test, and how fast. */
export interface Measurement {
  /** Of the golden input, [d]. */
  readonly features: Float32Array;
  /** Of a layer after one step of descent, and the same by plain arithmetic. */
  readonly step: readonly number[];
  readonly stepExpected: readonly number[];
  /** One image through the trunk, median of a few, ms. */
  readonly ms: number;
}

/** What can be asked, and what comes back. */
export interface Calls {
  load: {
    readonly ask: TrunkFiles & { readonly backend: BackendName };
    readonly answer: { readonly backend: BackendName };
  };
  /** For fine-tuning, adapting and the lab, in a worker of their own. */
  loadDeeper: {
    readonly ask: TrunkFiles & { readonly backend: DeeperBackend };
    readonly answer: null;
  };
  /** In a throw-away worker, once it has loaded. */
  measure: { readonly ask: null; readonly answer: Measurement };
  prepareFile: { readonly ask: Blob; readonly answer: PreparedPhoto };
  prepareFrame: { readonly ask: Frame; readonly answer: PreparedPhoto };
  features: {
    readonly ask: readonly Photo[];
    readonly answer: readonly Float32Array[];
  };
  give: {
    readonly ask: readonly { readonly id: ExampleId; readonly values: Float32Array }[];
    readonly answer: null;
  };
  fit: { readonly ask: TrainingSet; readonly answer: Trained };
  trainSoftmax: {
    readonly ask: { readonly set: TrainingSet; readonly options: Omit<SoftmaxOptions, 'signal'> };
    readonly answer: Trained;
    readonly progress: TrainingProgress;
  };
  fineTuneCost: {
    readonly ask: { readonly settings: FineTuneSettings; readonly photos: number; readonly classes: number };
    readonly answer: FineTuneCost;
  };
  fineTune: {
    readonly ask: FineTuneJob;
    readonly answer: FineTunedHead;
    readonly progress: FineTuneEvent | { readonly kind: 'checkpoint'; readonly checkpoint: Checkpoint };
  };
  adapt: { readonly ask: AdaptJob; readonly answer: Adapted; readonly progress: StepsDone };
  lab: { readonly ask: LabJob; readonly answer: LabResult; readonly progress: StepsDone };
  useHead: { readonly ask: GivenHead | null; readonly answer: null };
  predictFrame: {
    readonly ask: { readonly frame: Frame; readonly options: PredictOptions };
    readonly answer: Prediction | null;
  };
  predictFile: {
    readonly ask: { readonly file: Blob; readonly options: PredictOptions };
    readonly answer: Prediction | null;
  };
}

export type CallName = keyof Calls;

/** What a call says before its answer. */
export type ProgressOf<K extends CallName> = K extends CallName
  ? Calls[K] extends { readonly progress: infer P }
    ? P
    : never
  : never;

/** A call of any kind. */
export type Call = { [K in CallName]: { readonly name: K; readonly ask: Calls[K]['ask'] } }[CallName];

export type ToWorker =
  | { readonly kind: 'call'; readonly version: number; readonly id: number; readonly call: Call }
  | { readonly kind: 'abort'; readonly id: number };

export type FromWorker =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: SentError }
  | { readonly kind: 'progress'; readonly id: number; readonly progress: ProgressOf<CallName> };

/** An error as data. */
export type SentError =
  | { readonly kind: 'app'; readonly code: ErrorCode; readonly detail: string }
  | { readonly kind: 'device'; readonly code: DeviceErrorCode; readonly detail: string }
  | { readonly kind: 'diverged'; readonly detail: string; readonly lastGood: Trained | null }
  | { readonly kind: 'other'; readonly message: string };

export function sentError(error: unknown): SentError {
  if (error instanceof Diverged) return { kind: 'diverged', detail: error.detail, lastGood: error.lastGood };
  if (error instanceof AppError) return { kind: 'app', code: error.code, detail: error.detail };
  if (error instanceof DeviceError) return { kind: 'device', code: error.code, detail: error.message };
  return { kind: 'other', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

export function receivedError(sent: SentError): Error {
  switch (sent.kind) {
    case 'app':
      return new AppError(sent.code, { detail: sent.detail });
    case 'device':
      return new DeviceError(sent.code, { detail: sent.detail });
    case 'diverged':
      return new Diverged(sent.lastGood, sent.detail);
    case 'other':
      return new AppError('internal', { detail: sent.message });
    default:
      return sent satisfies never;
  }
}
