// What the app keeps on the device: the one schema of its IndexedDB database, as types. No I/O here.
// One kind of writer: the page. Bytes are ArrayBuffers and not Blobs, because every browser stores those reliably.
import type { DBSchema } from 'idb';
import type { TrainingReport } from '../../src/contract/head.ts';
import type { Digest, HeadId, ModelName } from '../../src/contract/ids.ts';
import type { DeviceState } from '../../src/sync/decide.ts';
import type { BackendResult } from '../training/backends/self-test.ts';
import type { BrokenOff } from '../training/deeper.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Random UUIDs. */
export type ProjectId = Branded<'ProjectId'>;
export type ClassId = Branded<'ClassId'>;
export type ExampleId = Branded<'ExampleId'>;
/** Photos that were captured in one go: near-copies, held out together. */
export type BurstId = Branded<'BurstId'>;
/** Which numbers a feature vector is made of: trunk, statistics, cut, pooling, preprocessing (training/recipe.ts). */
export type FeatureSpace = Branded<'FeatureSpace'>;

/** A class as the person made it; the order is the project's. */
export interface ClassRecord {
  readonly id: ClassId;
  /** Trimmed, 1 to 100 characters, unique in the project. */
  readonly name: string;
  /** Index into the palette of class colours (ui/palette.ts). */
  readonly colour: number;
}

/** Times are ms since the epoch. */
export interface ProjectRecord {
  readonly id: ProjectId;
  readonly title: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly model: ModelName;
  readonly classes: readonly ClassRecord[];
  /** How answers are shown. */
  readonly answers: {
    /** How many classes, 1 or more. */
    readonly topK: number;
    /** Below this probability of the best class the answer is "not sure", [0,1]. */
    readonly threshold: number;
  };
}

export interface ExampleRecord {
  readonly id: ExampleId;
  readonly project: ProjectId;
  readonly class: ClassId;
  readonly burst: BurstId | null;
  readonly addedAt: number;
  readonly source: 'camera' | 'file' | 'share' | 'import';
  /** px, as stored, upright. */
  readonly width: number;
  readonly height: number;
  /** Of the photo's encoded bytes. */
  readonly bytes: number;
}

/** The encoded photo of an example, as every prediction of it is made from. */
export interface PhotoRecord {
  readonly id: ExampleId;
  readonly type: 'image/jpeg' | 'image/png' | 'image/webp';
  readonly data: ArrayBuffer;
}

export interface FeaturesRecord {
  readonly space: FeatureSpace;
  readonly project: ProjectId;
  readonly example: ExampleId;
  /** [d] */
  readonly values: Float32Array;
}

/** `live`: the ridge head that follows the examples by itself. `kept`: one that the person trained or received. */
export type HeadSlot = 'live' | 'kept';

/** A head as a file; a project answers with its kept head, if there is one, else with the live one. */
export interface HeadRecord {
  readonly project: ProjectId;
  readonly slot: HeadSlot;
  /** SHA-256 of `data`. */
  readonly revision: Digest;
  /** The safetensors file. */
  readonly data: ArrayBuffer;
  /** Label of the file -> class of the project; a class that is gone is null. */
  readonly classes: readonly (ClassId | null)[];
  readonly report: TrainingReport;
  readonly kind: 'ridge' | 'softmax';
  readonly madeAt: number;
  readonly source: 'trained' | 'synced' | 'imported';
  /** Stands for what a live head was fitted on, so that the same is not stored, and synced, twice. */
  readonly basis?: string;
  /** Its statistics were adapted to a light. */
  readonly adapted?: true;
}

/** A fine-tuning in the middle, one a project: for a tab that is closed before it has ended. */
export interface TrainingRecord extends BrokenOff {
  readonly project: ProjectId;
}

/** What is known of a project's head at the server; outlives the project while a deletion is not pushed yet. */
export interface SyncRecord {
  readonly project: ProjectId;
  /** Id of the head at the server. */
  readonly head: HeadId;
  /** What the server was told that the project is called; empty: nothing yet. */
  readonly title: string;
  /** `local` is the revision of the head that the project answers with, written in the same transaction as it. */
  readonly state: DeviceState;
  readonly syncedAt: number | null;
  /** A conflict that waits for the person. */
  readonly conflict: { readonly local: Digest | null; readonly remote: Digest | null } | null;
}

/** One line of what left the device. */
export interface SentRecord {
  readonly id?: number;
  readonly at: number;
  readonly what: 'head' | 'deletion' | 'enrolment' | 'photo' | 'features' | 'key' | 'other';
  readonly to: string;
  readonly bytes: number;
  readonly project: ProjectId | null;
}

/** A photo that came from outside (share target, file handler) and has no class yet. */
export interface InboxRecord {
  readonly id?: number;
  readonly name: string;
  readonly type: string;
  readonly data: ArrayBuffer;
  readonly receivedAt: number;
}

/** A piece of a download that is not whole yet. */
export interface ChunkRecord {
  /** Digest of the whole. */
  readonly file: string;
  readonly offset: number;
  readonly data: ArrayBuffer;
}

/** The server this device is enrolled with. */
export interface Connection {
  readonly origin: string;
  readonly token: string;
  readonly device: string;
  readonly owner: string;
  readonly name: string;
  /** False once the server has refused the token. */
  readonly valid: boolean;
}

/** Everything else, one record a key. */
export interface SettingValues {
  readonly connection: Connection;
  readonly language: 'en' | 'de';
  readonly theme: 'light' | 'dark';
  /** The project that was open last. */
  readonly lastProject: ProjectId;
  /** What the self-test of the backends found, for this browser and version of the app. */
  readonly backend: { readonly testedFor: string; readonly results: readonly BackendResult[] };
  /** The person has seen how to install the app, and wants to hear no more. */
  readonly installDismissed: boolean;
}

/** The trunk of new projects. */
export const DEFAULT_MODEL = 'mobilenet-v2' as ModelName;

export const DATABASE_NAME = 'topwork';
export const DATABASE_VERSION = 2;

export interface TopworkSchema extends DBSchema {
  projects: { key: string; value: ProjectRecord };
  examples: { key: string; value: ExampleRecord; indexes: { project: string } };
  photos: { key: string; value: PhotoRecord };
  features: {
    key: [space: string, example: string];
    value: FeaturesRecord;
    indexes: { project: [space: string, project: string]; example: string };
  };
  heads: { key: [project: string, slot: HeadSlot]; value: HeadRecord };
  sync: { key: string; value: SyncRecord };
  sent: { key: number; value: SentRecord };
  inbox: { key: number; value: InboxRecord };
  chunks: { key: [file: string, offset: number]; value: ChunkRecord };
  trainings: { key: string; value: TrainingRecord };
  settings: { key: string; value: { readonly key: string; readonly value: unknown } };
}
