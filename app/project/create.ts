// Makes projects, and opens one: storage, trainer and signals brought together. What the parts do is in the files beside
// this one.
import { batch, signal } from '@preact/signals';
import { type ClassId, DEFAULT_MODEL, type ProjectId } from '../storage/schema.ts';
import type { Change, Storage } from '../storage/storage.ts';
import { text } from '../text/text.ts';
import type { Trainer } from '../training/trainer.ts';
import { numberedName } from './class-names.ts';
import { classActions } from './classes.ts';
import { deeperActions } from './deeper.ts';
import { createFeatureKeeper } from './features.ts';
import { createHeads } from './heads.ts';
import { startLearning } from './learning.ts';
import type { OpenProject } from './open-project.ts';
import { createPhotoUrls } from './photo-urls.ts';
import { type PhotoShelf, photoActions, withExamples } from './photos.ts';
import { changeProject, createTurns, type Workspace } from './workspace.ts';

/** Longest title, UTF-16 code units. */
const MAX_TITLE_LENGTH = 100;

/** Makes a project with two empty classes. */
export async function createProject(storage: Storage, title = ''): Promise<ProjectId> {
  const id = crypto.randomUUID() as string as ProjectId;
  const now = Date.now();
  const classNamed = (name: string, colour: number) => ({
    id: crypto.randomUUID() as string as ClassId,
    ...{ name, colour },
  });
  const first = classNamed(numberedName([]), 0);
  await storage.putProject({
    id,
    title: cleanTitle(title) || text.value.common.newProject,
    createdAt: now,
    updatedAt: now,
    model: DEFAULT_MODEL,
    classes: [first, classNamed(numberedName([first]), 1)],
    answers: { topK: 3, threshold: 0.5 },
  });
  return id;
}

/** Null when there is no such project. */
export async function createOpenProject(
  { storage, trainer }: { readonly storage: Storage; readonly trainer: Trainer },
  id: ProjectId,
): Promise<OpenProject | null> {
  const { inTurn, ours } = createTurns(storage);
  /** What others change while it is being opened. */
  const early: Change[] = [];
  const stopWaiting = storage.onChange((change) => early.push(change));
  const [record, records, kept, live, left] = await Promise.all([
    storage.project(id),
    storage.examples(id),
    storage.head(id, 'kept'),
    storage.head(id, 'live'),
    storage.training(id),
  ]).finally(stopWaiting);
  if (record === null) return null;

  const closing = new AbortController();
  const workspace: Workspace = {
    ...{ id, storage, trainer, inTurn },
    project: signal(record),
    examples: signal(records),
    closed: closing.signal,
  };
  const { project, examples } = workspace;
  const urls = createPhotoUrls(storage);
  const features = createFeatureKeeper(workspace);
  const heads = createHeads(workspace, { kept, live });
  const learner = startLearning(workspace, features, heads);
  const shelf: PhotoShelf = {
    hide({ examples: removed }) {
      const gone = new Set(removed.map((example) => example.id));
      examples.value = examples.peek().filter((example) => !gone.has(example.id));
      urls.drop([...gone]);
    },
    show({ examples: restored }) {
      features.reload();
      examples.value = withExamples(examples.peek(), restored);
    },
  };

  /** Shows what others changed: another tab, or another part of the app. */
  async function reload(): Promise<void> {
    const [now, examplesNow] = await Promise.all([storage.project(id), storage.examples(id)]);
    // Deleted: whoever shows it goes elsewhere.
    if (now === null || closing.signal.aborted) return;
    const there = new Set(examplesNow.map((example) => example.id));
    urls.drop(
      examples
        .peek()
        .map((example) => example.id)
        .filter((one) => !there.has(one)),
    );
    features.reload();
    batch(() => {
      project.value = now;
      examples.value = examplesNow;
    });
  }
  let reloading = false;
  function follow({ project: of, what, elsewhere }: Change): void {
    if (of !== null && of !== id) return;
    if (what === 'head') void heads.reload().catch(learner.report);
    if ((what !== 'project' && what !== 'examples') || (ours() && !elsewhere) || reloading) return;
    reloading = true;
    void inTurn(() => {
      reloading = false;
      return reload();
    }).catch(learner.report);
  }
  const stops = [storage.onChange(follow), heads.follow(learner.report)];
  for (const change of early) follow(change);
  // Whoever opens a project wants to teach or to use it.
  const { state } = trainer.status.peek();
  if (state === 'idle' || state === 'failed') trainer.start().catch(() => {});

  return {
    ...{ project, examples, learning: learner.learning, kept: heads.kept },
    rename: (title) =>
      changeProject(workspace, (before) => ({ ...before, title: cleanTitle(title) || before.title })),
    setAnswers: (answers) =>
      changeProject(workspace, (before) => ({ ...before, answers: { ...before.answers, ...answers } })),
    ...classActions(workspace, shelf),
    ...photoActions(workspace, shelf),
    photoUrl: (example) => (closing.signal.aborted ? Promise.resolve(null) : urls.get(example)),
    predictFrame: (frame, options) => trainer.predictFrame(frame, options),
    predictFile: (file, options) => trainer.predictFile(file, options),
    async trainSoftmax(options, hooks) {
      await learner.caughtUp(hooks.signal);
      return { trained: await trainer.trainSoftmax(learner.trainingSet(), options, hooks) };
    },
    ...deeperActions(workspace, { learner, heads, left }),
    ...heads.actions,
    async headFile() {
      await learner.save();
      return heads.file();
    },
    close() {
      if (closing.signal.aborted) return;
      for (const stop of stops) stop();
      closing.abort();
      urls.dropAll();
    },
  };
}

function cleanTitle(title: string): string {
  return title.trim().slice(0, MAX_TITLE_LENGTH).trim();
}
