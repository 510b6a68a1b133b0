// A project as one file: out of storage into a zip, and back in as a new project (docs/formats.md). What does it is
// fetched when it is wanted.
import { AppError } from '../../src/contract/errors.ts';
import type { PreparedPhoto, TrainerStatus } from '../training/trainer.ts';
import type { ProjectId } from './schema.ts';
import type { Storage, WholeProject } from './storage.ts';

/** The trunk at hand: the trainer's status when it is ready, else null. */
export type TrunkAtHand = Pick<Extract<TrainerStatus, { state: 'ready' }>, 'manifest' | 'space'> | null;

interface Hooks {
  /** Features and heads are read by one trunk alone: without it, features are left out, to be computed again. */
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

/** A project as it was read, and what was left out. */
export interface Imported {
  readonly whole: WholeProject;
  readonly notes: ImportNotes;
}

export interface ImportHooks extends Hooks {
  /** Makes a picture of a folder a photo as it is stored: the trainer's `prepareFile`. */
  readonly prepare: (file: Blob) => Promise<PreparedPhoto>;
  /** Called once, at the end, when there is something to tell. */
  readonly onNotes?: (notes: ImportNotes) => void;
}

/**
 * Everything of a project but its connection to a server, as a zip; the same project gives the same bytes.
 * @throws DeviceError `project_missing`, `storage_*`; AppError `aborted`
 */
export async function exportProject(storage: Storage, id: ProjectId, hooks: ExportHooks): Promise<Blob> {
  return (await import('./project-export.ts')).exportProject(storage, id, hooks);
}

/**
 * Adds a project file, or a zip of folders of pictures (a folder is a class), as a new project: all of it or nothing.
 * @throws DeviceError `project_file_invalid`, `project_file_newer`, `storage_*`; AppError `aborted`
 */
export async function importProject(storage: Storage, file: Blob, hooks: ImportHooks): Promise<ProjectId> {
  return (await import('./project-import.ts')).importProject(storage, file, hooks);
}

/** @throws AppError `aborted` */
export function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('aborted', { detail: 'It was stopped.' });
}
