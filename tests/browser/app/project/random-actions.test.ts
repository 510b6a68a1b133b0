// Random sequences of what a person may do, in two tabs, with the trainer coming and going: in the end, what is stored
// is what was shown, with nothing left over.
import fc from 'fast-check';
import { deleteDB, openDB } from 'idb';
import { describe, expect, it, vi } from 'vitest';
import { DeviceError } from '../../../../app/failure.ts';
import { createOpenProject, createProject } from '../../../../app/project/create.ts';
import type { OpenProject, Undo } from '../../../../app/project/open-project.ts';
import { openStorage } from '../../../../app/storage/database.ts';
import type { BurstId, ProjectId, TopworkSchema } from '../../../../app/storage/schema.ts';
import { createFakeTrainer, type FakeTrainer } from '../../support/fake-trainer.ts';

/** The seed of a failing run is in its error: fc.assert(…, { seed, path }) repeats it. */
const ACTIONS = [
  ...['shoot', 'shoot', 'shoot', 'add files'],
  ...['add class', 'rename', 'move class', 'merge', 'delete class'],
  ...['delete photos', 'move photos', 'undo', 'undo'],
  ...['ready', 'crash', 'reopen', 'wait'],
] as const;

interface Action {
  readonly what: (typeof ACTIONS)[number];
  /** Picks a class, and another, and photos. */
  readonly a: number;
  readonly b: number;
  readonly tab: 0 | 1;
  /** Whether the next action waits for this one. */
  readonly awaited: boolean;
}

const action: fc.Arbitrary<Action> = fc.record({
  what: fc.constantFrom(...ACTIONS),
  a: fc.nat(5),
  b: fc.nat(5),
  tab: fc.constantFrom(0, 0, 0, 1),
  awaited: fc.boolean(),
});

interface Tab {
  readonly trainer: FakeTrainer;
  readonly storage: Awaited<ReturnType<typeof openStorage>>;
  open: OpenProject;
  readonly undos: Undo[];
}

async function openTab(name: string, id: ProjectId): Promise<Tab> {
  const [storage, trainer] = [await openStorage({ name }), await createFakeTrainer()];
  return { storage, trainer, open: await openIn({ storage, trainer }, id), undos: [] };
}

async function openIn(deps: Pick<Tab, 'storage' | 'trainer'>, id: ProjectId): Promise<OpenProject> {
  const open = await createOpenProject(deps, id);
  if (open === null) throw new Error('Nobody deletes the project.');
  return open;
}

async function act(tab: Tab, { what, a, b }: Action): Promise<void> {
  const { open, trainer, undos } = tab;
  const { classes } = open.project.value;
  const [one, other] = [classes[a % classes.length], classes[b % classes.length]];
  const photos = open.examples.value.filter((_, i) => i % 6 === a).map(({ id }) => id);
  switch (what) {
    case 'ready':
      return trainer.ready();
    case 'crash':
      return trainer.crash();
    case 'wait':
      return new Promise((done) => setTimeout(done));
    case 'reopen':
      open.close();
      tab.open = await openIn(tab, open.project.value.id);
      return;
    case 'undo':
      return undos.pop()?.();
    case 'add class':
      await open.addClass(b > 3 ? `${b}` : undefined);
      return;
    default:
  }
  if (one === undefined || other === undefined) return;
  switch (what) {
    case 'shoot':
      await open.addFrame(one.id, await createImageBitmap(new ImageData(2, 2)), 'burst' as BurstId);
      return;
    case 'add files': {
      const files = Array.from({ length: b }, (_, i) => new File(['x'], `${i}`, { type: 'image/png' }));
      await open.addFiles(one.id, files);
      return;
    }
    case 'rename':
      return open.renameClass(one.id, `Name ${b}`);
    case 'move class':
      return open.moveClass(one.id, b);
    case 'merge':
      undos.push(await open.mergeClass(one.id, other.id));
      return;
    case 'delete class':
      undos.push(await open.deleteClass(one.id));
      return;
    case 'delete photos':
      undos.push(await open.deleteExamples(photos));
      return;
    case 'move photos':
      undos.push(await open.moveExamples(photos, one.id));
      return;
    default:
      return what satisfies never;
  }
}

/** What a person may meet when two things are done at once; anything else is a fault. */
const MAY_REFUSE = new Set(['class_missing', 'class_name_taken', 'trainer_crashed', 'trainer_unavailable']);

async function actOrRefuse(tab: Tab, one: Action): Promise<void> {
  try {
    await act(tab, one);
  } catch (error) {
    if (!(error instanceof DeviceError) || !MAY_REFUSE.has(error.code)) throw error;
  }
}

async function stored(name: string, id: ProjectId) {
  const db = await openDB<TopworkSchema>(name);
  const [projects, examples, photos, features, live] = await Promise.all([
    db.getAll('projects'),
    db.getAll('examples'),
    db.getAllKeys('photos'),
    db.getAllKeys('features'),
    db.get('heads', [id, 'live']),
  ]);
  db.close();
  return { projects, examples, photos, features: features.map(([, example]) => example), live };
}

describe('any sequence of actions', () => {
  it('leaves stored what is shown, in both tabs, and nothing else', { timeout: 120_000 }, async () => {
    let photosInAll = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 10, maxLength: 60, size: 'max' }), async (actions) => {
        const name = `test-${crypto.randomUUID()}`;
        const first = await openStorage({ name });
        const id = await createProject(first);
        first.close();
        const tabs = [await openTab(name, id), await openTab(name, id)] as const;
        const all: Promise<void>[] = [];
        for (const one of actions) {
          const done = actOrRefuse(tabs[one.tab], one);
          all.push(done);
          if (one.awaited || one.what === 'reopen') await done;
        }
        await Promise.all(all);
        for (const { trainer } of tabs) trainer.ready();

        await vi.waitFor(
          async () => {
            const { projects, examples, photos, features, live } = await stored(name, id);
            const ids = examples.map((example) => example.id).sort();
            expect(photos).toEqual(ids);
            expect(features.toSorted()).toEqual(ids);
            const byId = examples.toSorted((x, y) => (x.id < y.id ? -1 : 1));
            for (const { open } of tabs) {
              const shown = open.project.value;
              expect({ ...shown, updatedAt: 0 }).toEqual({ ...projects[0], updatedAt: 0 });
              expect(open.examples.value.toSorted((x, y) => (x.id < y.id ? -1 : 1))).toEqual(byId);
              const used = shown.classes.filter((one) => examples.some((e) => e.class === one.id));
              const learnt = open.learning.value;
              expect(learnt).toMatchObject({ pending: 0, fitting: false, error: null });
              expect(learnt.live?.classes ?? []).toEqual(used.length < 2 ? [] : used.map((one) => one.id));
              expect(learnt.live?.report.examples ?? []).toEqual(
                used.length < 2 ? [] : used.map((one) => examples.filter((e) => e.class === one.id).length),
              );
              if (learnt.live !== null) expect(live?.classes).toEqual(learnt.live.classes);
              const names = shown.classes.map((one) => one.name);
              expect(new Set(names).size).toBe(names.length);
              const classes = new Set(shown.classes.map((one) => one.id));
              expect(examples.filter((e) => !classes.has(e.class))).toEqual([]);
            }
            photosInAll += ids.length;
          },
          { timeout: 8000, interval: 20 },
        );
        for (const { open, storage } of tabs) {
          open.close();
          storage.close();
        }
        await deleteDB(name);
      }),
      // Each failing run waits long before it fails: the first says enough.
      { numRuns: 40, endOnFailure: true },
    );
    // The actions did something.
    expect(photosInAll).toBeGreaterThan(40);
  });
});
