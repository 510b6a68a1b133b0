// Adapting to a light, on Chromium's fake camera and a head that says what the test wants.
import { signal } from '@preact/signals';
import { h } from 'preact';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { App } from '../../../../../app/app.ts';
import { camera } from '../../../../../app/camera/camera.ts';
import { DeviceError } from '../../../../../app/failure.ts';
import type { Candidate } from '../../../../../app/project/open-project.ts';
import { more } from '../../../../../app/text/more.ts';
import { setLanguage, text } from '../../../../../app/text/text.ts';
import type { Adapted, LightAnswer } from '../../../../../app/training/deeper.ts';
import type { Trainer, TrainerStatus } from '../../../../../app/training/trainer.ts';
import { announcement } from '../../../../../app/ui/announce.ts';
import { LightScreen } from '../../../../../app/ui/screens/light.tsx';
import { toasts } from '../../../../../app/ui/toasts.ts';
import { fakeApp } from '../../../support/fake-app.ts';
import { led } from '../../../support/led.ts';
import { MANIFEST } from '../../../support/manifest.ts';
import { fakeOpenProject, type Given, trainedOn } from '../../../support/open-project.ts';
import { aClass, aHead, anExample, aProject, SPACE } from '../../../support/records.ts';
import { named, problems, show } from '../../../support/screens.ts';

const project = aProject({ classes: ['Oak', 'Elm', 'Ash'].map((name, i) => aClass(name, i)) });
const live = trainedOn(project, []);
const examples = project.classes.map(({ id }) => anExample(project, { class: id }));
const words = () => more.value.light;
const READY: TrainerStatus = { state: 'ready', manifest: MANIFEST, backend: 'wasm', space: SPACE };
const PACE = { interval: 1, least: 0, most: 60_000 };

/** A screen whose head takes each frame for the next of `classes`, and whose adaptation is led by the test. */
function aScreen(classes: readonly number[], given: Given = {}, pace = PACE) {
  const work = led<Adapted>();
  const asked: (readonly ArrayBuffer[])[] = [];
  const kept: Candidate[] = [];
  let frames = 0;
  const open = fakeOpenProject(project, {
    ...{ live, examples },
    ...given,
    actions: {
      predictFile: async () => {
        const best = classes[frames++ % classes.length];
        return {
          scores: project.classes.map(({ id, name }, i) => ({
            class: id,
            label: name,
            score: i === best ? 0.7 : 0.15,
          })),
          ...{ rejected: false, ms: { preprocess: 1, trunk: 1, head: 1 }, evidence: null },
        };
      },
      adapt: (bytes, hooks) => {
        asked.push(bytes);
        return work.run(hooks);
      },
      keep: async (candidate) => {
        kept.push(candidate);
        open.kept.value = aHead(project, { slot: 'kept', adapted: true });
        return async () => {
          open.kept.value = null;
        };
      },
      ...given.actions,
    },
  });
  const status = signal<TrainerStatus>(READY);
  const trainer = {
    status,
    prepareFrame: async (frame: { close(): void }) => {
      frame.close();
      return { type: 'image/webp' as const, data: Uint8Array.of(1, 2).buffer, width: 1, height: 1 };
    },
  };
  const root = show(fakeAppOf(trainer), h(LightScreen, { open, pace }));
  onTestFinished(() => camera.stop());
  return { open, root, work, asked, kept, status };
}

/** An app of which the screen needs the trainer alone, and of that little. */
function fakeAppOf(trainer: Pick<Trainer, 'status' | 'prepareFrame'>): App {
  return { ...fakeApp().app, trainer: trainer as Trainer };
}

async function start(root: HTMLElement): Promise<void> {
  named(root, text.value.camera.start).click();
  await vi.waitFor(() => named(root, words().start), 10_000);
  named(root, words().start).click();
}

const says = (label: string, score: number, rejected = false) => ({
  score: { class: null, label, score },
  rejected,
});
const stays: LightAnswer = { before: says('Oak', 0.8), after: says('Oak', 0.8) };
const changes: LightAnswer = { before: says('Oak', 0.4, true), after: says('Elm', 0.9) };

function adapted(frames: readonly LightAnswer[], drift: number): Adapted {
  const layer = (factor: number) => [{ layer: 'bn', mean: 0.1 * factor, variance: 0.3 * factor }];
  return { trained: { ...live, adapted: true }, frames, drift: layer(drift), usual: layer(1) };
}

/** A screen that shows what came of an adaptation. */
async function aResult(result: Adapted, given: Given = {}) {
  const screen = aScreen([0, 1, 2], given);
  await start(screen.root);
  await vi.waitFor(() => expect(screen.asked).toHaveLength(1), 20_000);
  screen.work.resolve(result);
  await vi.waitFor(() => expect(screen.root.querySelector('.light-result')).not.toBeNull());
  return screen;
}

const OTHER = adapted([...Array(8).fill(stays), changes, changes], 1.5);
const ALIKE = adapted(Array(10).fill(stays), 1.02);
const wait = (root: Element, some: string) =>
  vi.waitFor(() => expect(root.textContent).toContain(some), 10_000);

beforeEach(() => setLanguage('en'));

describe('adapting to a light', () => {
  it('collects frames until there are ten of three classes, and then learns the light', async () => {
    const { root, asked, work } = aScreen([0, 0, 1, 2]);
    await start(root);
    await vi.waitFor(() => expect(asked).toHaveLength(1), 20_000);
    expect(asked[0]?.length).toBeGreaterThanOrEqual(10);
    expect(new Uint8Array(asked[0]?.[0] ?? new ArrayBuffer(0))).toEqual(Uint8Array.of(1, 2));
    expect(root.textContent).toContain(words().goal.classes(3, 3));
    work.progress(4, 40);
    await wait(root, words().progress.step(4, 40));
  });

  it('waits for the model', async () => {
    const { root, status } = aScreen([0, 1, 2]);
    status.value = { state: 'starting' };
    named(root, text.value.camera.start).click();
    await wait(root, words().notReady);
    expect(named(root, words().start)).toHaveProperty('disabled', true);
    status.value = READY;
    await vi.waitFor(() => expect(named(root, words().start)).toHaveProperty('disabled', false));
  });

  it('goes on while one class is in view, and says why that is not enough when it is stopped', async () => {
    const { root, asked } = aScreen([0, 1]);
    await start(root);
    await wait(root, words().goal.frames(32, 10));
    await wait(root, words().goal.classes(2, 3));
    expect(asked).toHaveLength(0);
    named(root, text.value.common.cancel).click();
    await wait(root, text.value.failures.light_too_few_classes.title);
    expect(asked).toHaveLength(0);
    named(root, words().again).click();
    await vi.waitFor(() =>
      expect(root.textContent).not.toContain(text.value.failures.light_too_few_classes.title),
    );
  });

  it('ends by itself when the light does not get better, with what is missing', async () => {
    const { root } = aScreen([0], {}, { ...PACE, most: 0 });
    await start(root);
    await wait(root, text.value.failures.light_too_few_frames.title);
  });

  it('says why the trainer refused the frames', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => log.mockRestore());
    const { root, asked, work } = aScreen([0, 1, 2]);
    await start(root);
    await vi.waitFor(() => expect(asked).toHaveLength(1), 20_000);
    work.reject(new DeviceError('light_too_few_classes'));
    await wait(root, text.value.failures.light_too_few_classes.detail);
    expect(root.querySelector('[role=alert]')).not.toBeNull();
  });

  it('stops, and has changed nothing', async () => {
    const { root, asked, work } = aScreen([0, 1, 2]);
    await start(root);
    await vi.waitFor(() => expect(asked).toHaveLength(1), 20_000);
    named(root, text.value.common.cancel).click();
    await wait(root, words().progress.stopped);
    expect(work.hooks[0]?.signal.aborted).toBe(true);
    await vi.waitFor(() => expect(announcement.value).toContain(words().progress.stopped));
  });

  it('shows another light before and after, the answers that change first', async () => {
    const { root } = await aResult(OTHER);
    const { result } = words();
    expect(root.textContent).toContain(`${result.other} ${result.changed(2, 10)}`);
    const cells = [...root.querySelectorAll('.light-figures tbody tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent),
    );
    expect(cells).toEqual([
      [result.confidence, '72\u00a0%', '82\u00a0%'],
      [result.unlike, '2 of 10', '0 of 10'],
      [result.heldOut, result.unmeasured, result.unmeasured],
    ]);
    const items = [...root.querySelectorAll('.light-frames li')].map((item) => item.className);
    expect(items.slice(0, 3)).toEqual(['changed', 'changed', '']);
    expect(root.textContent).toContain(result.drift('0.15', '0.1', 1));
    expect(root.textContent).toContain(result.most('bn', '0.15', '0.1'));
    expect(named(root, result.keep).className).toContain('primary');
    expect(named(root, result.discard).className).not.toContain('primary');
  });

  it('makes leaving it the first choice when the light is the same', async () => {
    const { root } = await aResult(ALIKE);
    const { result } = words();
    expect(root.textContent).toContain(`${result.alike} ${result.changed(0, 10)}`);
    expect(named(root, result.discard).className).toContain('primary');
    expect(named(root, result.keep).className).not.toContain('primary');
    named(root, result.discard).click();
    await vi.waitFor(() => expect(root.querySelector('.light-result')).toBeNull());
    await vi.waitFor(() => expect(announcement.value).toContain(result.discarded));
  });

  it('keeps the adapted head, with two ways back', async () => {
    const { root, open, kept } = await aResult(OTHER);
    named(root, words().result.keep).click();
    await wait(root, words().adapted);
    expect(kept[0]?.trained.adapted).toBe(true);
    expect(root.querySelector('.light-result')).toBeNull();
    expect(toasts.value.map((toast) => toast.words)).toEqual([words().result.kept]);
    toasts.value[0]?.action?.run();
    await vi.waitFor(() => expect(open.kept.value).toBeNull());
    open.kept.value = aHead(project, { slot: 'kept', adapted: true });
    await wait(root, words().adapted);
    named(root, words().takeBack).click();
    await vi.waitFor(() => expect(open.kept.value).toBeNull());
    expect(root.textContent).not.toContain(words().adapted);
  });

  it('still offers a head that could not be kept', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => log.mockRestore());
    const keep = () => Promise.reject(new DeviceError('storage_full'));
    const { root } = await aResult(OTHER, { actions: { keep } });
    named(root, words().result.keep).click();
    await vi.waitFor(() => expect(toasts.value[0]?.kind).toBe('failure'));
    expect(named(root, words().result.keep)).toBeDefined();
  });

  it('frees every frame when it is left', async () => {
    const made = vi.spyOn(URL, 'createObjectURL');
    const freed = vi.spyOn(URL, 'revokeObjectURL');
    onTestFinished(() => {
      made.mockRestore();
      freed.mockRestore();
    });
    const { root } = await aResult(ALIKE);
    const urls = made.mock.results.map(({ value }) => value);
    expect(urls.length).toBeGreaterThanOrEqual(10);
    const held = () => urls.filter((url) => !freed.mock.calls.some(([one]) => one === url));
    expect(held()).toEqual(urls);
    named(root, words().result.discard).click();
    expect(held()).toEqual([]);
  });

  it('says that it needs photos of two classes first', () => {
    const { root } = aScreen([0], { live: null, examples: examples.slice(0, 1) });
    expect(root.textContent).toContain(words().needs.head);
    expect(root.querySelector('video')).toBeNull();
  });

  it.each(['en', 'de'] as const)('has nothing that axe finds wrong (%s)', async (language) => {
    await setLanguage(language);
    const { root } = await aResult(OTHER, { kept: aHead(project, { slot: 'kept', adapted: true }) });
    expect(await problems(root)).toEqual([]);
    named(root, words().result.discard).click();
    await vi.waitFor(() => expect(root.querySelector('.light-stage')).not.toBeNull());
    expect(await problems(root)).toEqual([]);
  });
});
