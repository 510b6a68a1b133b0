// The app's composition root: storage, trainer and the project of the route, handed to the shell.
import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import type { App } from './app.ts';
import { createOpenProject, createProject } from './project/create.ts';
import type { OpenProject } from './project/open-project.ts';
import { openStorage } from './storage/database.ts';
import { startPwa } from './sw/start.ts';
import { startSync } from './sync/start.ts';
import { preferredLanguage, setLanguage } from './text/text.ts';
import { createTrainer } from './training/bridge.ts';
import { go, route } from './ui/router.ts';
import { Shell } from './ui/shell.tsx';

await start(document.body);

async function start(into: HTMLElement): Promise<void> {
  const storage = await openStorage();
  await setLanguage((await storage.setting('language')) ?? preferredLanguage(navigator.languages));
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

/** Opens the project of the route, and closes the one before. */
function followRoute({ storage, trainer, open }: App, show: (project: OpenProject | null) => void): void {
  let wanted: string | null = null;
  effect(() => {
    const to = route.value;
    const id = to.screen === 'project' ? to.project : null;
    if (id === wanted) return;
    wanted = id;
    open.peek()?.close();
    show(null);
    if (id === null) return;
    void createOpenProject({ storage, trainer }, id).then((project) => {
      if (wanted !== id) return project?.close();
      if (project === null) return go({ screen: 'home' }, { replace: true });
      show(project);
    });
  });
}
