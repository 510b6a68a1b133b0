// Opens a project: storage, trainer and signals brought together.
import type { ProjectId } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';
import type { Trainer } from '../training/trainer.ts';
import type { OpenProject } from './open-project.ts';

/** Makes a project with two empty classes. */
export async function createProject(_storage: Storage, _title?: string): Promise<ProjectId> {
  throw new Error('to be written');
}

/** Null when there is no such project. */
export async function createOpenProject(
  _deps: { readonly storage: Storage; readonly trainer: Trainer },
  _id: ProjectId,
): Promise<OpenProject | null> {
  throw new Error('to be written');
}
