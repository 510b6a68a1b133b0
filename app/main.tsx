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
import { startTheme } from './theme.ts';
import { createBackends } from './training/backends/choice.ts';
import { measureApart } from './training/backends/throw-away.ts';
import { createTrainer } from './training/bridge.ts';
import { createTrainerWorker } from './training/create-worker.ts';
import type { Trainer } from './training/trainer.ts';
import { createTrunkStore } from './training/trunk-store.ts';
import { receiveLaunchedFiles } from './ui/launched-files.ts';
import { go, route } from './ui/router.ts';
import { StartFailure } from './ui/screens/start-failure.tsx';
import { Shell } from './ui/shell.tsx';

startTheme();
// Not awaited: other files of the app import from this one, and would wait for it while it waits for them.
void start(document.body);

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
  const trunks = createTrunkStore({ storage });
  const backends = createBackends({
    storage,
    testedFor: `${__APP_VERSION__} ${navigator.userAgent}`,
    measure: async (backend, signal) =>
      measureApart(createTrainerWorker, await trunks.load(() => {}), backend, signal),
  });
  const trainer = createTrainer({ storage, trunks, backends });
  const open = signal<OpenProject | null>(null);
  const app: App = {
    ...{ storage, trainer, backends, open },
    sync: startSync({ storage }),
    pwa: startPwa({ storage, trainer }),
    createProject: (title) => createProject(storage, title),
  };
  followRoute(app, (project) => {
    open.value = project;
  });
  followShortcuts(app);
  into.replaceChildren();
  render(<Shell app={app} />, into);
  receiveLaunchedFiles(storage);
  startTrainer(trainer);
  // Where the person goes next, fetched before it is asked for.
  setTimeout(() => void import('./ui/screens/teach.tsx').catch(() => {}));
}

/** The addresses of the installed app's shortcuts lead on to a project. */
function followShortcuts({ storage, createProject: create }: App): void {
  const lead = async (screen: 'new' | 'last') => {
    const last = await storage.setting('lastProject');
    const known = last !== null && (await storage.project(last)) !== null ? last : null;
    const project = screen === 'new' ? await create() : (known ?? (await storage.projects())[0]?.project.id);
    const tab = screen === 'new' ? 'teach' : 'use';
    go(project === undefined ? { screen: 'home' } : { screen: 'project', project, tab }, { replace: true });
  };
  effect(() => {
    const { screen } = route.value;
    if (screen === 'new' || screen === 'last')
      void untracked(() => lead(screen)).catch(() => go({ screen: 'home' }, { replace: true }));
  });
}

/** After the first paint, and again when the network is back before the trunk was here. */
function startTrainer(trainer: Trainer): void {
  const begin = () => void trainer.start().catch(() => {});
  setTimeout(begin);
  addEventListener('online', () => {
    if (trainer.status.peek().state === 'failed') begin();
  });
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
      void storage.setSetting('lastProject', id).catch(() => {});
    }, goHome);
  });
  storage.onChange(async ({ what, elsewhere }) => {
    const id = open.peek()?.project.peek().id;
    if (what !== 'project' || !elsewhere || id === undefined) return;
    const project = await storage.project(id).catch(() => undefined);
    if (project === null && wanted === id) goHome();
  });
}
