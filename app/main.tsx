// The app's composition root: storage, trainer and the project of the route, handed to the shell.
import { effect, signal, untracked } from '@preact/signals';
import { render } from 'preact';
import type { App } from './app.ts';
import { createOpenProject, createProject } from './project/create.ts';
import type { OpenProject } from './project/open-project.ts';
import { openStorage } from './storage/database.ts';
import { persistence } from './storage/persistence.ts';
import type { Storage } from './storage/storage.ts';
import { startPwa } from './sw/start.ts';
import { startSync } from './sync/start.ts';
import { preferredLanguage, setLanguage } from './text/text.ts';
import { createTrainer } from './training/bridge.ts';
import { go, route } from './ui/router.ts';
import { StartFailure } from './ui/screens/start-failure.tsx';
import { Shell } from './ui/shell.tsx';

await start(document.body);

async function start(into: HTMLElement): Promise<void> {
  let storage: Storage;
  try {
    storage = await openStorage();
  } catch (error) {
    await setLanguage(preferredLanguage(navigator.languages));
    into.replaceChildren();
    render(<StartFailure error={error} />, into);
    return;
  }
  await setLanguage((await storage.setting('language')) ?? preferredLanguage(navigator.languages));
  persistence.askAfterFirstPhotos(storage);
  const trainer = createTrainer({ storage });
  const open = signal<OpenProject | null>(null);
  const app: App = {
    ...{ storage, trainer, open },
    sync: startSync({ storage }),
    pwa: startPwa({ storage, trainer }),
    createProject: (title) => createProject(storage, title),
  };
  followRoute(app, (project) => {
    open.value = project;
  });
  into.replaceChildren();
  render(<Shell app={app} />, into);
}

/** Opens the project of the route, and closes the one before; goes home when there is none, or none any more. */
function followRoute({ storage, trainer, open }: App, show: (project: OpenProject | null) => void): void {
  let wanted: string | null = null;
  const goHome = () => go({ screen: 'home' }, { replace: true });
  effect(() => {
    const to = route.value;
    const id = to.screen === 'project' ? to.project : null;
    if (id === wanted) return;
    wanted = id;
    untracked(() => open.value?.close());
    show(null);
    if (id === null) return;
    createOpenProject({ storage, trainer }, id).then((project) => {
      if (wanted !== id) return project?.close();
      if (project === null) return goHome();
      show(project);
    }, goHome);
  });
  storage.onChange(async ({ what, elsewhere }) => {
    const id = open.peek()?.project.peek().id;
    if (what !== 'project' || !elsewhere || id === undefined) return;
    const project = await storage.project(id).catch(() => undefined);
    if (project === null && wanted === id) goHome();
  });
}
