// What the rest of the app asks of storage. `openStorage` (database.ts) makes it on IndexedDB; every write is one
// transaction, so that a closed tab leaves all of it or nothing. Every method rejects with DeviceError
// `storage_full`, `storage_unavailable` (a private window that forbids it) or `storage_closed` (deleted or upgraded
// under this tab: reload), never with the browser's own words.
import type { Digest } from '../../src/contract/ids.ts';
import type {
  ChunkRecord,
  ClassId,
  ExampleId,
  ExampleRecord,
  FeatureSpace,
  FeaturesRecord,
  HeadRecord,
  HeadSlot,
  InboxRecord,
  PhotoRecord,
  ProjectId,
  ProjectRecord,
  SentRecord,
  SettingValues,
  SyncRecord,
  TrainingRecord,
} from './schema.ts';

/** What another tab, or this one, has changed; `project` null: something that belongs to none. */
export interface Change {
  readonly project: ProjectId | null;
  readonly what: 'project' | 'examples' | 'head' | 'sync' | 'settings' | 'inbox';
  /** Whether another tab (or the service worker) did it. */
  readonly elsewhere: boolean;
}

export interface ProjectSummary {
  readonly project: ProjectRecord;
  readonly examples: number;
  /** Bytes of its photos. */
  readonly bytes: number;
  /** The newest photos, at most four. */
  readonly cover: readonly ExampleId[];
  readonly synced: SyncRecord | null;
}

/** Everything of a project, for export and for undoing its deletion. */
export interface WholeProject {
  readonly project: ProjectRecord;
  readonly examples: readonly ExampleRecord[];
  readonly photos: readonly PhotoRecord[];
  readonly features: readonly FeaturesRecord[];
  readonly heads: readonly HeadRecord[];
  readonly sync: SyncRecord | null;
}

/** Examples that were deleted, with all that belongs to them, for undo. */
export type RemovedExamples = Pick<WholeProject, 'examples' | 'photos' | 'features'>;

export interface Storage {
  /** Latest change first. */
  projects(): Promise<ProjectSummary[]>;
  project(id: ProjectId): Promise<ProjectRecord | null>;
  putProject(project: ProjectRecord): Promise<void>;
  /** Reads, changes and writes in one transaction. @returns the new record; null when the project is gone */
  updateProject(
    id: ProjectId,
    change: (project: ProjectRecord) => ProjectRecord,
  ): Promise<ProjectRecord | null>;
  /** With all that belongs to it; a head that the server has leaves a sync record, so that the deletion is pushed. */
  deleteProject(id: ProjectId): Promise<WholeProject | null>;
  wholeProject(id: ProjectId): Promise<WholeProject | null>;
  /** Adds a project with all its parts, for import and undo; all or nothing. */
  putWholeProject(whole: WholeProject): Promise<void>;

  /** Oldest first. */
  examples(project: ProjectId): Promise<ExampleRecord[]>;
  /** @throws DeviceError `project_missing`, `class_missing`: deleted meanwhile, perhaps in another tab */
  addExample(example: ExampleRecord, photo: PhotoRecord): Promise<void>;
  /** @returns what was there, for undo */
  deleteExamples(ids: readonly ExampleId[]): Promise<RemovedExamples>;
  /** @throws as `addExample` */
  restoreExamples(removed: RemovedExamples): Promise<void>;
  /** @throws as `addExample` */
  moveExamples(ids: readonly ExampleId[], to: ClassId): Promise<void>;
  /**
   * Changes classes of the project and of examples in one transaction (merging, deleting, undoing both).
   * @returns what was done, for undo; null when the project is gone
   * @throws as `addExample`, and what `change` throws; nothing is changed then
   */
  changeClasses(
    id: ProjectId,
    change: (project: ProjectRecord) => ProjectRecord,
    examples: {
      /** Every example of one class goes to another. */
      readonly moveAll?: { readonly from: ClassId; readonly to: ClassId };
      readonly move?: readonly { readonly ids: readonly ExampleId[]; readonly to: ClassId }[];
      /** Deletes every example of the class, which `change` has taken out. */
      readonly removeAll?: ClassId;
      readonly restore?: RemovedExamples;
    },
  ): Promise<{
    readonly project: ProjectRecord;
    readonly moved: readonly ExampleId[];
    readonly removed: RemovedExamples;
  } | null>;
  photo(id: ExampleId): Promise<PhotoRecord | null>;

  features(space: FeatureSpace, project: ProjectId): Promise<FeaturesRecord[]>;
  /** Those of examples that are gone are left out. */
  putFeatures(records: readonly FeaturesRecord[]): Promise<void>;

  head(project: ProjectId, slot: HeadSlot): Promise<HeadRecord | null>;
  /** The kept head, else the live one. */
  answeringHead(project: ProjectId): Promise<HeadRecord | null>;
  /** Stores the head and, if the project is synced, its revision as the local one, in one transaction. @throws DeviceError `project_missing` */
  putHead(head: HeadRecord): Promise<void>;
  deleteHead(project: ProjectId, slot: HeadSlot): Promise<void>;

  /** A fine-tuning that was broken off. */
  training(project: ProjectId): Promise<TrainingRecord | null>;
  /** @throws DeviceError `project_missing` */
  putTraining(training: TrainingRecord): Promise<void>;
  deleteTraining(project: ProjectId): Promise<void>;

  syncs(): Promise<SyncRecord[]>;
  sync(project: ProjectId): Promise<SyncRecord | null>;
  putSync(sync: SyncRecord): Promise<void>;
  /**
   * Reads, changes and writes in one transaction; with a head, that too (a pull), unless the project is gone. Null
   * from `change`: write nothing.
   */
  updateSync(
    project: ProjectId,
    change: (sync: SyncRecord) => SyncRecord | null,
    head?: HeadRecord,
  ): Promise<SyncRecord | null>;
  /** @param when looked at in the same transaction; false: it stays */
  deleteSync(project: ProjectId, when?: (sync: SyncRecord) => boolean): Promise<void>;

  /** Latest first. */
  sent(limit: number): Promise<SentRecord[]>;
  addSent(sent: SentRecord): Promise<void>;
  /** Bytes sent in all. */
  sentBytes(): Promise<number>;

  inbox(): Promise<InboxRecord[]>;
  addToInbox(photos: readonly InboxRecord[]): Promise<void>;
  removeFromInbox(ids: readonly number[]): Promise<void>;

  setting<K extends keyof SettingValues>(key: K): Promise<SettingValues[K] | null>;
  /** Null deletes it. */
  setSetting<K extends keyof SettingValues>(key: K, value: SettingValues[K] | null): Promise<void>;

  /** Contiguous from the start, in order. */
  chunks(file: Digest): Promise<ChunkRecord[]>;
  addChunk(chunk: ChunkRecord): Promise<void>;
  deleteChunks(file: Digest): Promise<void>;

  /** Calls back after every change, of this tab and of others. @returns stops it */
  onChange(listener: (change: Change) => void): () => void;
  /** Deletes everything of the app on this device. */
  deleteEverything(): Promise<void>;
  close(): void;
}
