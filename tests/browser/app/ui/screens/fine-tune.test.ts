// Fine-tuning on the Deeper screen, on the trunk that comes with the app; the training itself is led by the test.
import { signal } from '@preact/signals';
import { h, render } from 'preact';
import * as v from 'valibot';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { DeviceError } from '../../../../../app/failure.ts';
import type { Candidate, OpenProject } from '../../../../../app/project/open-project.ts';
import type { FeatureSpace } from '../../../../../app/storage/schema.ts';
import { failureText } from '../../../../../app/text/failure-text.ts';
import { fineTuneText } from '../../../../../app/text/fine-tune.ts';
import { setLanguage, text } from '../../../../../app/text/text.ts';
import type { FineTuneSettings } from '../../../../../app/training/deeper.ts';
import { Diverged } from '../../../../../app/training/trainer.ts';
import { DeeperScreen } from '../../../../../app/ui/screens/deeper.tsx';
import { toasts } from '../../../../../app/ui/toasts.ts';
import { AppError } from '../../../../../src/contract/errors.ts';
import { MAX_HEAD_BYTES } from '../../../../../src/contract/limits.ts';
import { ModelManifest } from '../../../../../src/contract/manifest.ts';
import { fakeApp } from '../../../support/fake-app.ts';
import { readFile } from '../../../support/files.ts';
import { anEpoch, aTunedHead, COST, ledFineTune, SETTINGS } from '../../../support/fine-tune.ts';
import { type FakeOpenProject, fakeOpenProject, judged, trainedOn } from '../../../support/open-project.ts';
import { aProject } from '../../../support/records.ts';
import { named, problems, show } from '../../../support/screens.ts';

const file = await readFile('models/mobilenet-v2/manifest.json');
const manifest = v.parse(ModelManifest, JSON.parse(new TextDecoder().decode(file)));
const project = aProject();
const { examples, heldOut } = judged(
  project,
  Array.from({ length: 20 }, (_, i) => [i % 2, i === 0 ? 1 : i % 2] as const),
);
const live = trainedOn(project, heldOut);
/** Right about all of 12 photos held back. */
const tuned = trainedOn(
  project,
  heldOut.slice(1, 13).map((answer) => ({ ...answer })),
  { kind: 'softmax' },
);

interface Screen {
  readonly root: HTMLElement;
  readonly open: FakeOpenProject;
}

function screen(actions: Partial<OpenProject> = {}, { trunk = manifest, given = examples } = {}): Screen {
  const open = fakeOpenProject(project, {
    examples: given,
    live,
    actions: { fineTuneCost: async () => COST, ...actions },
  });
  return { open, root: showAgain(open, trunk) };
}

function showAgain(open: OpenProject, trunk = manifest): HTMLElement {
  const { app, status } = fakeApp();
  status.value = { state: 'ready', manifest: trunk, backend: 'wasm', space: 'space' as FeatureSpace };
  const root = show(app, h(DeeperScreen, { open }));
  root.querySelector('.tune-plan')?.scrollIntoView();
  return root;
}

const lineOf = (root: HTMLElement): HTMLElement => {
  const line = root.querySelector<HTMLElement>('[role="slider"]');
  if (line === null) throw new Error('There is no line.');
  return line;
};
const saidBy = (line: HTMLElement) => line.getAttribute('aria-valuetext');
const waitForWords = (root: HTMLElement, some: string) =>
  vi.waitFor(() => expect(root.textContent).toContain(some));
const press = (line: HTMLElement, key: string) =>
  line.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
function choose(root: HTMLElement, layer: string): void {
  const select = root.querySelector('select');
  if (select === null) throw new Error('There is no choice.');
  select.value = layer;
  select.dispatchEvent(new Event('change', { bubbles: true }));
}
function startButton(root: HTMLElement): HTMLButtonElement {
  const found = named(root, fineTuneText.value.start);
  if (!(found instanceof HTMLButtonElement)) throw new Error('It is no button.');
  return found;
}
const value = (frozen: string, first: string, last: string) =>
  fineTuneText.value.stack.value(frozen, first, last);

afterEach(() => setLanguage('en'));

describe('the trunk in Deeper', () => {
  it('stands as a stack of blocks from the photo up to where the head reads', () => {
    const { root } = screen();
    const blocks = [...root.querySelectorAll('.tune-block')].map((block) => block.textContent);
    expect(blocks).toHaveLength(15);
    expect(blocks.at(0)).toMatch(/^block_13.*14.×.14.×.576.*Trainable$/);
    expect(blocks.at(1)).toMatch(/Trainable$/);
    expect(blocks.at(2)).toMatch(/^block_11.*Frozen$/);
    expect(blocks.at(-1)).toMatch(/^Conv1.*Frozen$/);
    expect(root.textContent).toContain(fineTuneText.value.stack.unused(4));
    expect(saidBy(lineOf(root))).toBe(value('block_11', 'block_12', 'block_13'));
  });

  it('has a line that keys move, within what can be trained', async () => {
    const { root } = screen();
    const line = lineOf(root);
    for (const [key, said] of [
      ['ArrowUp', value('block_12', 'block_13', 'block_13')],
      ['ArrowUp', value('block_12', 'block_13', 'block_13')],
      ['PageDown', value('block_9', 'block_10', 'block_13')],
      ['ArrowDown', value('block_8', 'block_9', 'block_13')],
      ['Home', value('Conv1', 'expanded_conv', 'block_13')],
      ['ArrowLeft', value('Conv1', 'expanded_conv', 'block_13')],
      ['End', value('block_12', 'block_13', 'block_13')],
    ] as const) {
      press(line, key);
      await vi.waitFor(() => expect(saidBy(line)).toBe(said));
    }
    expect(line.getAttribute('aria-valuenow')).toBe('14');
    expect(line.getAttribute('aria-valuemax')).toBe('14');
  });

  it.each(['mouse', 'touch'])('has a line that can be dragged: %s', async (pointerType) => {
    const { root } = screen();
    const line = lineOf(root);
    // A made-up pointer cannot be captured; what is captured is remembered instead.
    const captured = new Set<number>();
    vi.spyOn(line, 'setPointerCapture').mockImplementation((id) => void captured.add(id));
    vi.spyOn(line, 'hasPointerCapture').mockImplementation((id) => captured.has(id));
    const rows = [...root.querySelectorAll('.tune-block')];
    const drag = (name: string, clientY: number) =>
      line.dispatchEvent(
        new PointerEvent(name, { pointerId: 7, pointerType, button: 0, clientY, bubbles: true }),
      );
    const topOf = (block: string) =>
      rows.find((row) => row.textContent?.startsWith(block))?.getBoundingClientRect().top ?? 0;
    drag('pointermove', topOf('block_2'));
    expect(saidBy(line)).toBe(value('block_11', 'block_12', 'block_13'));
    drag('pointerdown', topOf('block_11'));
    drag('pointermove', topOf('block_6') + 3);
    await vi.waitFor(() => expect(saidBy(line)).toBe(value('block_6', 'block_7', 'block_13')));
    drag('pointermove', topOf('block_13') - 500);
    await vi.waitFor(() => expect(saidBy(line)).toBe(value('block_12', 'block_13', 'block_13')));
    drag('pointermove', topOf('Conv1') + 900);
    await vi.waitFor(() => expect(saidBy(line)).toBe(value('Conv1', 'expanded_conv', 'block_13')));
    expect(document.activeElement).toBe(line);
  });

  it('puts the line where its height says it is', () => {
    const { root } = screen();
    const line = lineOf(root).getBoundingClientRect();
    const block = [...root.querySelectorAll('.tune-block.frozen')][0]?.getBoundingClientRect();
    expect(Math.abs((line.top + line.bottom) / 2 - (block?.top ?? 0))).toBeLessThan(1);
  });

  it('lets the head read elsewhere, and takes the line along', async () => {
    const { root } = screen();
    choose(root, 'out_relu');
    await vi.waitFor(() => expect(saidBy(lineOf(root))).toBe(value('block_15', 'block_16', 'out_relu')));
    choose(root, 'block_3_add');
    expect(root.querySelectorAll('.tune-block')).toHaveLength(19);
    choose(root, 'block_4_add');
    await vi.waitFor(() => expect(saidBy(lineOf(root))).toBe(value('block_2', 'block_3', 'block_4')));
  });

  it('says when a trunk has no place for a line', () => {
    const [cut] = manifest.cuts;
    if (cut === undefined) throw new Error('The trunk has a cut.');
    const trunk = { ...manifest, cuts: [cut], defaults: { ...manifest.defaults, cut: cut.layer } };
    const { root } = screen({}, { trunk });
    expect(root.textContent).toContain(fineTuneText.value.noLine);
    expect(root.textContent).not.toContain(fineTuneText.value.start);
  });

  it('is not there before the model is', () => {
    const root = show(fakeApp().app, h(DeeperScreen, { open: fakeOpenProject(project, { examples, live }) }));
    expect(root.textContent).toContain(fineTuneText.value.missing);
  });
});

describe('what fine-tuning costs', () => {
  it('is shown before it begins, and measured again for another line and more photos', async () => {
    const asked: FineTuneSettings[] = [];
    const { root, open } = screen({
      fineTuneCost: async (settings) => {
        asked.push(settings);
        return { ...COST, seconds: asked.length === 1 ? 42 : 180 };
      },
    });
    expect(root.textContent).toContain(fineTuneText.value.cost.measuring);
    await waitForWords(root, fineTuneText.value.cost.seconds('40'));
    for (const said of ['87 MB', '320 kB', '114 thousand']) expect(root.textContent).toContain(said);
    press(lineOf(root), 'ArrowUp');
    await waitForWords(root, fineTuneText.value.cost.measuring);
    await waitForWords(root, fineTuneText.value.cost.minutes('3'));
    expect(asked.map(({ from }) => from)).toEqual(['block_11_add', 'block_12_add']);
    open.examples.value = examples.slice(2);
    await vi.waitFor(() => expect(asked).toHaveLength(3));
  });

  it('forbids a head that would be too large, and says what to do', async () => {
    const { root } = screen({ fineTuneCost: async () => ({ ...COST, headBytes: MAX_HEAD_BYTES + 1 }) });
    await waitForWords(root, fineTuneText.value.cost.moveUp);
    expect(startButton(root).disabled).toBe(true);
    expect(root.querySelector('.tune-cost .caution')?.textContent).toContain('4.19 MB');
  });

  it('is said not to be known when it cannot be measured; one can begin all the same', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const error = new AppError('not_trainable', { detail: 'No gradient.' });
    const { root } = screen({ fineTuneCost: () => Promise.reject(error) });
    await waitForWords(root, failureText(error).title);
    expect(startButton(root).disabled).toBe(false);
    log.mockRestore();
  });

  it('is not measured without photos of two classes', async () => {
    const { root } = screen(
      { fineTuneCost: () => Promise.reject(new Error('It was not to be measured.')) },
      { given: examples.filter(({ class: id }) => id === project.classes[0]?.id) },
    );
    expect(startButton(root).disabled).toBe(true);
    expect(root.querySelector('.tune-cost')?.textContent).toContain(text.value.deeper.form.notReady);
  });
});

describe('the flags of BatchNorm', () => {
  it('are apart, named as in Keras, and batch statistics come with a warning', async () => {
    const { root } = screen();
    const { batchNorm } = fineTuneText.value;
    named(root, batchNorm.training.label).click();
    await waitForWords(root, batchNorm.ruins);
    named(root, batchNorm.trainable.label).click();
    await waitForWords(root, batchNorm.noEffect);
    expect(root.textContent).not.toContain(batchNorm.ruins);
  });
});

describe('a fine-tuning', () => {
  it('begins with what was chosen', async () => {
    const { fineTune, calls } = ledFineTune();
    const { root } = screen({ fineTune });
    press(lineOf(root), 'ArrowUp');
    await vi.waitFor(() => expect(saidBy(lineOf(root))).toContain('block_12;'));
    named(root, fineTuneText.value.batchNorm.training.label).click();
    named(root, fineTuneText.value.fields.augment.label).click();
    await waitForWords(root, fineTuneText.value.batchNorm.ruins);
    startButton(root).click();
    await vi.waitFor(() => expect(calls).toHaveLength(1));
    expect(calls[0]?.[0]).toEqual({
      ...SETTINGS,
      from: 'block_12_add',
      batchNorm: { trainable: true, training: true },
      augment: false,
    });
    expect(calls[0]?.[1].resume).toBe(false);
  });

  it('shows the photos that go through, then each epoch against what was there before', async () => {
    const led = ledFineTune();
    const { root } = screen(led);
    startButton(root).click();
    await waitForWords(root, text.value.deeper.progress.stop);
    led.preparing(12, 20);
    await waitForWords(root, fineTuneText.value.photosThrough(12, 20));
    led.epoch(0, { validationAccuracy: 0.25 });
    await waitForWords(root, fineTuneText.value.epochsDone(0, 15));
    led.epoch(1, { validationAccuracy: 0.75 });
    await waitForWords(root, fineTuneText.value.epochsDone(1, 15));
    expect(root.textContent).toContain(text.value.deeper.curves.before);
    const rows = [...root.querySelectorAll('tbody tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent),
    );
    expect(rows).toEqual([
      ['0', '25\u00a0%', '–', '2'],
      ['1', '75\u00a0%', '1', '1'],
    ]);
    await vi.waitFor(() => expect(root.querySelectorAll('canvas')).toHaveLength(2));
  });

  it('goes on while another screen is shown, and keeps the classic training waiting', async () => {
    const led = ledFineTune();
    const { root, open } = screen(led);
    startButton(root).click();
    await waitForWords(root, text.value.deeper.progress.stop);
    render(null, root);
    led.epoch(0);
    led.epoch(1);
    const again = showAgain(open);
    expect(again.textContent).toContain(fineTuneText.value.epochsDone(1, 15));
    expect(named(again, text.value.deeper.form.train)).toHaveProperty('disabled', true);
    expect(again.textContent).toContain(text.value.deeper.form.busy);
    led.resolve(aTunedHead(tuned));
    await waitForWords(again, text.value.deeper.result.keep);
    expect(named(again, text.value.deeper.form.train)).toHaveProperty('disabled', false);
  });

  it('stops when it is told to', async () => {
    const led = ledFineTune();
    const { root } = screen(led);
    startButton(root).click();
    await waitForWords(root, text.value.deeper.progress.stop);
    named(root, text.value.deeper.progress.stop).click();
    await waitForWords(root, text.value.deeper.result.stopped);
    expect(led.calls[0]?.[1].signal.aborted).toBe(true);
    expect(startButton(root).disabled).toBe(false);
  });

  it.each([
    ['a clear gain', 0, 'better'],
    ['a gain that chance would explain', 0.75, 'alike'],
    ['nothing held back', null, 'unknown'],
  ] as const)(
    'compares with before and with the live head, as surely as may be: %s',
    async (_, accuracy, verdict) => {
      const led = ledFineTune();
      const { root } = screen(led);
      startButton(root).click();
      led.resolve(aTunedHead(tuned, { before: { loss: null, accuracy } }));
      await waitForWords(root, fineTuneText.value.before.verdict[verdict]);
      expect(root.textContent).toContain(text.value.deeper.result.verdict.alike);
      expect(root.textContent).toContain(fineTuneText.value.bestEpoch(6));
    },
  );

  it('says when no epoch was better than none', async () => {
    const led = ledFineTune();
    const { root } = screen(led);
    startButton(root).click();
    led.resolve(aTunedHead(tuned, { bestEpoch: 0, before: { loss: 0.4, accuracy: 1 } }));
    await waitForWords(root, fineTuneText.value.noBetter);
    for (const words of Object.values(fineTuneText.value.before.verdict))
      expect(root.textContent).not.toContain(words);
  });

  it('proves that what was frozen has stayed, and names the statistics that moved', async () => {
    const led = ledFineTune();
    const { root } = screen(led);
    const { proof } = aTunedHead(tuned);
    startButton(root).click();
    led.resolve(aTunedHead(tuned));
    await waitForWords(root, fineTuneText.value.proof.statistics);
    expect(root.textContent).toContain(fineTuneText.value.proof.below(13));
    expect(root.textContent).toContain('11111111…1111');
    named(root, text.value.deeper.result.discard).click();
    await waitForWords(root, fineTuneText.value.start);

    const other = ledFineTune();
    const { root: second } = screen(other);
    startButton(second).click();
    other.resolve(aTunedHead(tuned, { proof: { ...proof, moved: ['block_12_expand_BN'] } }));
    await waitForWords(second, fineTuneText.value.proof.moved(1));
    expect(second.textContent).toContain('block_12_expand_BN');
  });

  it('is kept, and can be taken back', async () => {
    const led = ledFineTune();
    const kept: Candidate[] = [];
    const undo = vi.fn(async () => {});
    const { root } = screen({
      ...led,
      keep: async (candidate) => {
        kept.push(candidate);
        return undo;
      },
    });
    startButton(root).click();
    led.resolve(aTunedHead(tuned));
    await waitForWords(root, text.value.deeper.result.keep);
    named(root, text.value.deeper.result.keep).click();
    await vi.waitFor(() => expect(kept[0]?.trained).toBe(tuned));
    await vi.waitFor(() => expect(root.textContent).not.toContain(text.value.deeper.result.keepHint));
    expect(toasts.value[0]?.words).toBe(text.value.deeper.result.kept);
    toasts.value[0]?.action?.run();
    await vi.waitFor(() => expect(undo).toHaveBeenCalledOnce());
    await waitForWords(root, text.value.deeper.result.keepHint);
  });

  it('is discarded, and can be brought back', async () => {
    const led = ledFineTune();
    const { root } = screen(led);
    startButton(root).click();
    led.resolve(aTunedHead(tuned));
    await waitForWords(root, text.value.deeper.result.discard);
    named(root, text.value.deeper.result.discard).click();
    await vi.waitFor(() => expect(root.textContent).not.toContain(text.value.deeper.result.keepHint));
    await vi.waitFor(() => expect(toasts.value).toHaveLength(1));
    toasts.value[0]?.action?.run();
    await waitForWords(root, text.value.deeper.result.keepHint);
  });

  it('that came apart offers the head from before that', async () => {
    const led = ledFineTune();
    const kept: Candidate[] = [];
    const { root } = screen({
      ...led,
      keep: async (candidate) => {
        kept.push(candidate);
        return async () => {};
      },
    });
    startButton(root).click();
    led.reject(new Diverged(tuned, 'The loss of epoch 2 is not a number.'));
    await waitForWords(root, text.value.deeper.result.diverged(true));
    named(root, text.value.deeper.result.keep).click();
    await vi.waitFor(() => expect(kept[0]?.trained).toBe(tuned));
  });

  it.each([
    ['the trainer has stopped', new DeviceError('trainer_crashed')],
    ['a frozen layer has moved', new AppError('digest_mismatch', { detail: 'Layer "x".' })],
  ])('that failed says why: %s', async (_, error) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const led = ledFineTune();
    const { root } = screen(led);
    startButton(root).click();
    led.reject(error);
    await waitForWords(root, failureText(error).detail);
    expect(failureText(error)).not.toEqual(text.value.failures.unknown);
    log.mockRestore();
  });
});

describe('a fine-tuning that was broken off', () => {
  const progress = [0, 1, 2, 3, 4, 5, 6].map((epoch) => anEpoch(epoch));
  const settings = { ...SETTINGS, from: 'block_10_project_BN', seed: 7 };
  function brokenOff(actions: Partial<OpenProject> = {}, savedAt = Date.now()) {
    const broken = signal<OpenProject['brokenOff']['value']>({ settings, progress, savedAt });
    return {
      ...screen({
        brokenOff: broken,
        forgetBrokenOff: async () => {
          broken.value = null;
        },
        ...actions,
      }),
      broken,
    };
  }

  it('is shown with its curves and its time', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(2026, 10, 28, 9, 0) });
    onTestFinished(() => void vi.useRealTimers());
    const said = (savedAt: Date) =>
      brokenOff({}, savedAt.getTime()).root.querySelector('.tune-broken')?.textContent;
    const { words, yesterday } = fineTuneText.value.brokenOff;
    const time = new Intl.DateTimeFormat('en', { timeStyle: 'short' });
    const evening = new Date(2026, 10, 27, 18, 30);
    expect(said(evening)).toContain(words(6, 15, yesterday(time.format(evening))));
    expect(said(new Date(2026, 10, 28, 0, 1))).toContain('today');
    expect(said(new Date(2026, 10, 20, 18, 30))).toContain('2026');
    expect(said(evening)).toContain(text.value.deeper.curves.before);
  });

  it('goes on with its own settings and its earlier epochs', async () => {
    const led = ledFineTune();
    const { root } = brokenOff(led);
    named(root, fineTuneText.value.brokenOff.resume).click();
    await vi.waitFor(() => expect(led.calls).toHaveLength(1));
    expect(led.calls[0]?.[0]).toEqual(settings);
    expect(led.calls[0]?.[1].resume).toBe(true);
    await waitForWords(root, fineTuneText.value.epochsDone(6, 15));
    led.preparing(3, 20);
    await waitForWords(root, fineTuneText.value.photosThrough(3, 20));
    led.epoch(7);
    await waitForWords(root, fineTuneText.value.epochsDone(7, 15));
    expect(root.querySelectorAll('tbody tr')).toHaveLength(8);
    expect(root.textContent).not.toContain(fineTuneText.value.brokenOff.title);
  });

  it('is forgotten when one says so', async () => {
    const { root, broken } = brokenOff();
    named(root, fineTuneText.value.brokenOff.forget).click();
    await vi.waitFor(() => expect(broken.value).toBeNull());
    await vi.waitFor(() => expect(root.querySelector('.tune-broken')).toBeNull());
    expect(toasts.value[0]?.words).toBe(fineTuneText.value.brokenOff.forgotten);
  });

  it('cannot go on with other photos, and says so', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const led = ledFineTune();
    const { root } = brokenOff(led);
    named(root, fineTuneText.value.brokenOff.resume).click();
    led.reject(new DeviceError('training_outdated'));
    await waitForWords(root, text.value.failures.training_outdated.detail);
    expect(named(root, fineTuneText.value.brokenOff.forget)).toBeTruthy();
    log.mockRestore();
  });
});

describe.each(['en', 'de'] as const)('fine-tuning (%s)', (language) => {
  it('has nothing that axe finds wrong, before and after', async () => {
    await setLanguage(language);
    const led = ledFineTune();
    const { root } = screen({
      ...led,
      brokenOff: signal({ settings: SETTINGS, progress: [anEpoch(0), anEpoch(1)], savedAt: 0 }),
    });
    await waitForWords(root, fineTuneText.value.cost.seconds('40'));
    for (const details of root.querySelectorAll('details')) details.open = true;
    expect(await problems(root)).toEqual([]);
    startButton(root).click();
    led.preparing(1, 2);
    await waitForWords(root, fineTuneText.value.photosThrough(1, 2));
    expect(await problems(root)).toEqual([]);
    led.epoch(0);
    led.epoch(1);
    led.resolve(aTunedHead(tuned));
    await waitForWords(root, text.value.deeper.result.keep);
    for (const details of root.querySelectorAll('details')) details.open = true;
    expect(await problems(root)).toEqual([]);
  });
});
