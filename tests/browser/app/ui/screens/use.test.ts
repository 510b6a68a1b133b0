// Use, on Chromium's fake camera and a project that answers what the test wants.
import { h } from 'preact';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { camera } from '../../../../../app/camera/camera.ts';
import type { OpenProject } from '../../../../../app/project/open-project.ts';
import { setLanguage, text } from '../../../../../app/text/text.ts';
import type { Prediction, PredictOptions } from '../../../../../app/training/trainer.ts';
import { announcement } from '../../../../../app/ui/announce.ts';
import { UseScreen } from '../../../../../app/ui/screens/use.tsx';
import { AppError } from '../../../../../src/contract/errors.ts';
import { fakeApp } from '../../../support/fake-app.ts';
import { readFile } from '../../../support/files.ts';
import { fakeOpenProject, type Given, trainedOn } from '../../../support/open-project.ts';
import { aClass, aHead, aProject } from '../../../support/records.ts';
import { named, problems, show } from '../../../support/screens.ts';

const project = aProject({ classes: ['Oak', 'Elm', 'Ash', 'Yew'].map((name, i) => aClass(name, i)) });
const words = () => text.value.use;

function says(scores: readonly number[], change: Partial<Prediction> = {}): Prediction {
  return {
    scores: project.classes.map(({ id, name }, i) => ({ class: id, label: name, score: scores[i] ?? 0 })),
    rejected: false,
    ms: { preprocess: 1, trunk: 20, head: 0.4 },
    evidence: null,
    ...change,
  };
}
const evidence = { height: 2, width: 2, values: Float32Array.of(0, 1, 0, 0) };

/** A screen whose project gives `answer.now`, and the options that it was asked with. */
function aScreen(now: Prediction, { live = trainedOn(project, []), ...given }: Given = {}) {
  const answer = { now };
  const frames: (PredictOptions | undefined)[] = [];
  const files: Blob[] = [];
  const actions: Partial<OpenProject> = {
    predictFrame: async (frame, options) => {
      frame.close();
      frames.push(options);
      return options?.evidence === 'top' ? { ...answer.now, evidence } : answer.now;
    },
    predictFile: async (file) => {
      files.push(file);
      return answer.now;
    },
    setAnswers: async (change) => {
      open.project.value = { ...open.project.value, answers: { ...open.project.value.answers, ...change } };
    },
    ...given.actions,
  };
  const open = fakeOpenProject(project, { ...given, live, actions });
  const fake = fakeApp();
  const root = show(fake.app, h(UseScreen, { open }));
  onTestFinished(() => camera.stop());
  return { ...fake, open, root, answer, frames, files };
}

const bigOf = (root: HTMLElement) => root.querySelector('.big-answer')?.textContent ?? '';
const startCamera = (root: HTMLElement) => named(root, text.value.camera.start).click();

async function drop(root: HTMLElement): Promise<void> {
  const data = new DataTransfer();
  data.items.add(
    new File([await readFile('tests/golden/image/jpeg-photo.jpg')], 'x.jpg', { type: 'image/jpeg' }),
  );
  const event = new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
  root.querySelector('.stage')?.dispatchEvent(event);
  expect(event.defaultPrevented).toBe(true);
}

beforeEach(() => setLanguage('en'));

describe('the Use screen', () => {
  it('leads to teaching before there is a head', () => {
    const { root } = aScreen(says([]), { live: null });
    expect(named(root, words().empty.teach).getAttribute('href')).toBe(`#/p/${project.id}/teach`);
  });

  it('waits while the first head is being learnt', async () => {
    const { root, open } = aScreen(says([]), { live: null });
    open.learning.value = { ...open.learning.value, fitting: true };
    await vi.waitFor(() => expect(root.textContent).toContain(words().empty.learning));
  });

  it('asks for no camera before the person starts it', () => {
    const { root } = aScreen(says([1]));
    expect(camera.state.value).toBe('off');
    expect(named(root, words().pause)).toHaveProperty('disabled', true);
  });

  it('says which head answers, and how the model comes along', async () => {
    const { root, open, status } = aScreen(says([1]));
    expect(root.textContent).toContain(words().head.live);
    open.kept.value = aHead(project);
    await vi.waitFor(() => expect(root.textContent).toContain(words().head.kept));
    status.value = { state: 'downloading', done: 1_300_000, of: 2_600_000 };
    await vi.waitFor(() => expect(root.textContent).toContain(words().model.downloading('1.3 MB', '2.6 MB')));
  });
});

describe('live', () => {
  it('answers over the picture, with bars for as many classes as are wanted, and tells it', async () => {
    const { root } = aScreen(says([0.05, 0.9, 0.03, 0.02]));
    startCamera(root);
    await vi.waitFor(() => expect(bigOf(root)).toContain('Elm'));
    expect([...root.querySelectorAll('.answer-label')].map((label) => label.textContent)).toEqual([
      ...['Elm', 'Oak', 'Ash'],
    ]);
    expect(root.textContent).toContain(words().answer.took('21 ms'));
    await vi.waitFor(() => expect(announcement.value).toContain('Elm'));
  });

  it.each([
    ['not sure below the threshold', says([0.4, 0.3, 0.2, 0.1]), () => words().answer.unsure],
    ['unlike anything seen when it is rejected', says([1], { rejected: true }), () => words().answer.unlike],
  ])('is %s', async (_, prediction, said) => {
    const { root } = aScreen(prediction);
    startCamera(root);
    await vi.waitFor(() => expect(bigOf(root)).toContain(said()));
  });

  it('pauses: the answer stays, and nothing more is asked', async () => {
    const { root, frames, answer } = aScreen(says([1]));
    startCamera(root);
    await vi.waitFor(() => expect(bigOf(root)).toContain('Oak'));
    named(root, words().pause).click();
    await vi.waitFor(() => expect(bigOf(root)).toContain(words().answer.paused));
    expect(root.querySelector('video')?.paused).toBe(true);
    answer.now = says([0, 1]);
    const asked = frames.length;
    for (let i = 0; i < 20; i++) await new Promise(requestAnimationFrame);
    expect(frames).toHaveLength(asked);
    expect(bigOf(root)).toContain('Oak');
    named(root, words().resume).click();
    await vi.waitFor(() => expect(bigOf(root)).toContain('Elm'));
    expect(root.querySelector('video')?.paused).toBe(false);
  });

  it('keeps the screen on while it runs, and no longer', async () => {
    const release = vi.fn(async () => {});
    const request = vi.fn(async () => ({ release, released: false }) as unknown as WakeLockSentinel);
    vi.spyOn(navigator.wakeLock, 'request').mockImplementation(request);
    onTestFinished(() => void vi.restoreAllMocks());
    const { root } = aScreen(says([1]));
    expect(request).not.toHaveBeenCalled();
    startCamera(root);
    await vi.waitFor(() => expect(request).toHaveBeenCalledWith('screen'));
    expect(release).not.toHaveBeenCalled();
    named(root, words().pause).click();
    await vi.waitFor(() => expect(release).toHaveBeenCalled());
  });

  it('draws where the evidence is, and asks for it only then', async () => {
    const { root, frames } = aScreen(says([1]));
    startCamera(root);
    await vi.waitFor(() => expect(frames.length).toBeGreaterThan(0));
    expect(frames.every((options) => options?.evidence === undefined)).toBe(true);
    named(root, words().heatOn).click();
    await vi.waitFor(() => expect(root.querySelector('.heat-map canvas')).not.toBeNull());
    const canvas = root.querySelector<HTMLCanvasElement>('.heat-map canvas');
    const light = (x: number, y: number) => canvas?.getContext('2d')?.getImageData(x, y, 1, 1).data[0] ?? 0;
    expect(light(1, 0)).toBeGreaterThan(light(0, 0));
    const [map, picture] = ['.heat-map', 'video'].map((one) =>
      root.querySelector(one)?.getBoundingClientRect(),
    );
    expect(map?.toJSON()).toEqual(picture?.toJSON());
    expect(map?.width).toBe(map?.height);
    named(root, words().heatOff).click();
    await vi.waitFor(() => expect(root.querySelector('.heat-map')).toBeNull());
  });

  it('says so when it could not answer, and goes on', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => logged.mockRestore());
    let broken = true;
    const { root } = aScreen(says([1]), {
      actions: {
        predictFrame: async () => {
          if (broken) throw new Error('the trainer crashed');
          return says([1]);
        },
      },
    });
    startCamera(root);
    await vi.waitFor(() => expect(root.textContent).toContain(words().model.failedAnswer));
    broken = false;
    await vi.waitFor(() => expect(bigOf(root)).toContain('Oak'), 5000);
    expect(root.textContent).not.toContain(words().model.failedAnswer);
  });

  it('takes a still, and answers that', async () => {
    const { root, files } = aScreen(says([1]));
    startCamera(root);
    await vi.waitFor(() => expect(bigOf(root)).toContain('Oak'));
    named(root, words().still).click();
    await vi.waitFor(() => expect(files).toHaveLength(1));
    const still = await createImageBitmap(files[0] ?? new Blob());
    expect(still.width).toBe(still.height);
    await vi.waitFor(() => expect(root.querySelector('.still img')).not.toBeNull());
    named(root, words().back).click();
    await vi.waitFor(() => expect(root.querySelector('video')).not.toBeNull());
  });
});

describe('a photo', () => {
  it('is answered when it is dropped, with every class, and again when another head answers', async () => {
    const { root, files, open, answer } = aScreen(says([0, 0, 1]));
    await drop(root);
    await vi.waitFor(() => expect(bigOf(root)).toContain('Ash'));
    answer.now = says([1]);
    open.kept.value = aHead(project);
    await vi.waitFor(() => expect(bigOf(root)).toContain('Oak'));
    expect(files).toHaveLength(2);
  });

  it('that nobody can read is told from one that can', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => logged.mockRestore());
    let readable = false;
    const { root } = aScreen(says([1]), {
      actions: {
        predictFile: async () => {
          if (!readable) throw new AppError('image_unsupported', { detail: 'a test' });
          return says([1]);
        },
      },
    });
    await drop(root);
    await vi.waitFor(() => expect(root.textContent).toContain(text.value.failures.image_unsupported.detail));
    expect(bigOf(root)).toBe('');
    readable = true;
    await drop(root);
    await vi.waitFor(() => expect(bigOf(root)).toContain('Oak'));
    expect(root.textContent).not.toContain(text.value.failures.image_unsupported.detail);
  });
});

describe('the settings', () => {
  it('change the answer at once, and are kept with the project', async () => {
    const { root, open } = aScreen(says([0.4, 0.3, 0.2, 0.1]));
    await drop(root);
    await vi.waitFor(() => expect(bigOf(root)).toContain(words().answer.unsure));
    named(root, words().settings.open).click();
    await vi.waitFor(() => expect(root.querySelectorAll('input[type=range]')).toHaveLength(2));
    const [topK, threshold] = root.querySelectorAll<HTMLInputElement>('input[type=range]');
    for (const [input, value] of [
      [topK, '1'],
      [threshold, '0.35'],
    ] as const) {
      if (input === undefined) throw new Error('There are two.');
      input.value = value;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    }
    await vi.waitFor(() => expect(bigOf(root)).toContain('Oak'));
    expect(open.project.value.answers).toEqual({ topK: 1, threshold: 0.35 });
    expect(root.querySelectorAll('.answer-bar')).toHaveLength(4);
    named(root, text.value.common.close).click();
    named(root, words().back).click();
    await vi.waitFor(() => expect(named(root, text.value.camera.start)).toBeDefined());
    startCamera(root);
    await vi.waitFor(() => expect(root.querySelectorAll('.answer-bar')).toHaveLength(1));
  });
});

describe('the Use screen, looked at by axe', () => {
  it.each(['en', 'de'] as const)('has nothing wrong (%s)', async (language) => {
    await setLanguage(language);
    const empty = aScreen(says([]), { live: null });
    expect(await problems(empty.root)).toEqual([]);
    const { root } = aScreen(says([0.4, 0.6]));
    expect(await problems(root)).toEqual([]);
    await drop(root);
    await vi.waitFor(() => expect(bigOf(root)).toContain('Elm'));
    expect(await problems(root)).toEqual([]);
  });
});
