// What the page asks of the trainer beyond heads on a frozen trunk: fine-tuning the layers above a cut, statistics
// adapted to a light, and the lab of the two flags. Types only; all of it can be cloned.
import type { Digest } from '../../src/contract/ids.ts';
import type { Checkpoint } from '../../src/head/fine-tune.ts';
import type { FrozenProof } from '../../src/head/frozen-proof.ts';
import type { TrainingProgress } from '../../src/head/trainer.ts';
import type { Drift } from '../../src/trunk/adapt.ts';
import type { BatchNormMode } from '../../src/trunk/batch-norm.ts';
import type { ExampleId } from '../storage/schema.ts';
import type { Score, Trained } from './trainer.ts';

/** How the layers between two cuts are trained; names as in Keras. */
export interface FineTuneSettings {
  /** Cut of the trunk: every layer up to it stays frozen. */
  readonly from: string;
  /** Cut whose features the head reads; every layer between the two is trainable. */
  readonly to: string;
  /** Flags of the BatchNorm layers between the two. */
  readonly batchNorm: { readonly trainable: boolean; readonly training: boolean };
  readonly optimizer: 'adam' | 'sgd';
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** Share of each class that is held out, [0,1). */
  readonly validation: number;
  /** Stop after so many epochs without a lower held-out loss; 0: never. */
  readonly patience: number;
  readonly seed: number;
  /** Also learn from each photo mirrored, cropped and in other colours. */
  readonly augment: boolean;
}

/** What a fine-tuning takes, measured by one step of it on this device. */
export interface FineTuneCost {
  /** Of all epochs, the features of the photos and the check after each epoch included, s. */
  readonly seconds: number;
  /** Most memory at once, bytes: cached activations, weights, gradients and what a step keeps. */
  readonly bytes: number;
  /** Of the head's file; above `MAX_HEAD_BYTES` it cannot be kept. */
  readonly headBytes: number;
  /** Weights that gradient descent updates. */
  readonly parameters: number;
}

/** What is said while it goes on. */
export type FineTuneEvent =
  /** Photos through the frozen part; nothing is learnt yet. */
  | { readonly kind: 'preparing'; readonly done: number; readonly of: number }
  /** Epoch 0 is the un-tuned head on the same features and the same held-out photos: what has to be beaten. */
  | { readonly kind: 'epoch'; readonly progress: TrainingProgress };

/** A fine-tuned head, not kept yet. */
export interface FineTunedHead {
  readonly trained: Trained;
  /** Held-out figures of the un-tuned head at the same layer. */
  readonly before: { readonly loss: number | null; readonly accuracy: number | null };
  /** Held-out loss of the epoch that was kept. */
  readonly loss: number | null;
  /** 0: no epoch was better than none. */
  readonly bestEpoch: number;
  readonly proof: FrozenProof;
}

/** A training that a closed tab broke off, as it is stored. */
export interface BrokenOff {
  readonly settings: FineTuneSettings;
  readonly progress: readonly TrainingProgress[];
  /** Of photos, classes and trunk; with others it cannot go on. */
  readonly basis: Digest;
  readonly checkpoint: Checkpoint;
  readonly savedAt: number;
}

/** Fewest frames to adapt to. */
export const MIN_LIGHT_FRAMES = 10;
/** Most that count; more only cost time. */
export const MAX_LIGHT_FRAMES = 32;

/** A frame as the head that answers now and the adapted one see it. */
export interface LightAnswer {
  readonly before: { readonly score: Score; readonly rejected: boolean };
  readonly after: { readonly score: Score; readonly rejected: boolean };
}

/** A head for the light of some frames, not kept yet. */
export interface Adapted {
  readonly trained: Trained;
  /** Of each frame, in their order. */
  readonly frames: readonly LightAnswer[];
  /** How far each layer's statistics in this light are from the stored ones; in the order of the network. */
  readonly drift: readonly Drift[];
  /** The same of the photos taught with: without a change of light the two are alike. */
  readonly usual: readonly Drift[];
}

/** How far an adaptation or an experiment has come. */
export interface StepsDone {
  readonly done: number;
  readonly of: number;
}

/** One pair of flags on the whole trunk, up to the cut of the live head. */
export interface LabMode extends BatchNormMode {
  readonly trainable: boolean;
  readonly training: boolean;
  /** How far each layer's stored statistics went in one call, in the order of the network; 0 to the bit where they stayed. */
  readonly moved: readonly Drift[];
  /** BatchNorm layers above `stepFrom` of which gamma or beta changed in one step of gradient descent, and how many there are. */
  readonly learnt: { readonly layers: number; readonly of: number };
  /** What the live head says of the photo with each set of batch-mates; every class, in the head's order. */
  readonly answers: readonly (readonly Score[])[];
  /** Whether the photo's features were the same to the bit with all of them. */
  readonly same: boolean;
}

export interface LabResult {
  /** Trainable and training; trainable only; training only; neither. */
  readonly modes: readonly LabMode[];
  readonly photo: ExampleId;
  /** Sets of photos that went through the trunk together with it; an empty one: alone. */
  readonly mates: readonly (readonly ExampleId[])[];
}
