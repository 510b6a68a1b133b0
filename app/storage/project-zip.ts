// A project as one file: out of storage into a zip, and back in as a new project (docs/formats.md).
import type { PreparedPhoto, TrainerStatus } from '../training/trainer.ts';
import type { ProjectId } from './schema.ts';
import type { Storage } from './storage.ts';

/** The trunk at hand: the trainer's status when it is ready, else null. */
export type TrunkAtHand = Pick<Extract<TrainerStatus, { state: 'ready' }>, 'manifest' | 'space'> | null;

interface Hooks {
  /** Features and heads are read by one trunk alone: without it, features are left out. */
  readonly trunk: TrunkAtHand;
  /** Photos. */
  readonly onProgress?: (done: number, of: number) => void;
  readonly signal?: AbortSignal | undefined;
}

export type ExportHooks = Hooks;

/** What an import did without; the photos are there all the same. */
export interface ImportNotes {
  /** Features or heads of another trunk. */
  readonly dropped: readonly ('features' | 'live' | 'kept')[];
  /** Pictures of a folder that could not be read. */
  readonly refused: readonly { readonly name: string; readonly error: unknown }[];
}

export interface ImportHooks extends Hooks {
  /** Makes a picture of a folder a photo as it is stored: the trainer's `prepareFile`. */
  readonly prepare: (file: Blob) => Promise<PreparedPhoto>;
  /** Called once, at the end, when there is something to tell. */
  readonly onNotes?: (notes: ImportNotes) => void;
}

/**
 * Everything of a project but its connection to a server, as a zip.
 * @throws DeviceError `project_missing`, `storage_*`; AppError `aborted`
 */
export async function exportProject(_storage: Storage, _id: ProjectId, _hooks: ExportHooks): Promise<Blob> {
  throw new Error('to be written');
}

/**
 * Adds a project file, or a zip of folders of pictures (a folder is a class), as a new project: all of it or nothing.
 * @throws DeviceError `project_file_invalid`, `project_file_newer`, `storage_*`; AppError `aborted`
 */
export async function importProject(_storage: Storage, _file: Blob, _hooks: ImportHooks): Promise<ProjectId> {
  throw new Error('to be written');
}
