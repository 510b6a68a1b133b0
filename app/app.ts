// What every screen may use, made once by main.tsx and handed down by Preact's context.
import type { ReadonlySignal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { OpenProject } from './project/open-project.ts';
import type { ProjectId } from './storage/schema.ts';
import type { Storage } from './storage/storage.ts';
import type { Pwa } from './sw/pwa.ts';
import type { Sync } from './sync/sync.ts';
import type { Backends } from './training/backends/choice.ts';
import type { Trainer } from './training/trainer.ts';

export interface App {
  readonly storage: Storage;
  readonly trainer: Trainer;
  readonly backends: Pick<Backends, 'report' | 'testAgain'>;
  readonly sync: Sync;
  readonly pwa: Pwa;
  /** The project of the current route; null while it is being opened, or when there is none. */
  readonly open: ReadonlySignal<OpenProject | null>;
  /** Makes a project with two empty classes and returns its id. */
  createProject(title?: string): Promise<ProjectId>;
}

export const AppContext = createContext<App | null>(null);

/** @throws Error outside of the app */
export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error('useApp() is for components inside the app.');
  return app;
}
