import { h, render } from 'preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppContext } from '../../../../../app/app.ts';
import type { Candidate, OpenProject } from '../../../../../app/project/open-project.ts';
import { more } from '../../../../../app/text/more.ts';
import { setLanguage } from '../../../../../app/text/text.ts';
import { Diverged, type Trained } from '../../../../../app/training/trainer.ts';
import { DeeperScreen } from '../../../../../app/ui/screens/deeper.tsx';
import { toasts } from '../../../../../app/ui/toasts.ts';
import { AppError } from '../../../../../src/contract/errors.ts';
import type { TrainingProgress } from '../../../../../src/head/trainer.ts';
import { fakeApp } from '../../../support/fake-app.ts';
import { type FakeOpenProject, fakeOpenProject, judged, trainedOn } from '../../../support/open-project.ts';
import { aHead, aProject } from '../../../support/records.ts';

type Train = OpenProject['trainSoftmax'];

const project = aProject();
const { examples, heldOut } = judged(
  project,
  Array.from({ length: 20 }, (_, i) => [i % 2, i === 0 ? 1 : i % 2] as const),
);
const live = trainedOn(project, heldOut);
let root: HTMLElement;

/** A training that is led by the test. */
function led() {
  let resolve: (head: Trained) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<Trained>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  const calls: Parameters<Train>[] = [];
  const train: Train = async (options, hooks) => {
    calls.push([options, hooks]);
    const stopped = new Promise<never>((_, no) => {
      hooks.signal.addEventListener('abort', () => no(new AppError('aborted', { detail: 'Stopped.' })));
    });
    return { trained: await Promise.race([promise, stopped]), options };
  };
  const epoch = (n: number, change: Partial<TrainingProgress> = {}) =>
    calls.at(-1)?.[1].onProgress({
      epoch: n,
      epochs: 20,
      loss: 1 / n,
      accuracy: 0.5,
      validationLoss: 2 / n,
      validationAccuracy: 0.25,
      ...change,
    });
  return { train, calls, epoch, resolve, reject };
}

function show(actions: Partial<OpenProject> = {}): FakeOpenProject {
  const open = fakeOpenProject(project, { examples, live, actions });
  renderScreen(open);
  return open;
}

/** Without a model, so that nothing below a head can be trained. */
function renderScreen(open: OpenProject): void {
  render(h(AppContext.Provider, { value: fakeApp().app, children: h(DeeperScreen, { open }) }), root);
}

const words = () => root.textContent ?? '';
const waitForWords = (some: string) => vi.waitFor(() => expect(words()).toContain(some));
function button(name: string): HTMLButtonElement {
  const found = [...root.querySelectorAll('button')].find((element) => element.textContent === name);
  if (found === undefined) throw new Error(`There is no button ${name}.`);
  return found;
}
function input(label: string): HTMLInputElement {
  const found = [...root.querySelectorAll('label')].find((element) => element.textContent === label)?.control;
  if (!(found instanceof HTMLInputElement)) throw new Error(`There is no field ${label}.`);
  return found;
}
function type(label: string, value: string): void {
  const field = input(label);
  field.value = value;
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
}
const trained = (accuracy: Trained['report']['accuracy']): Trained => ({
  ...live,
  kind: 'softmax',
  report: { ...live.report, heldOut: 'split', accuracy, lambda: null },
});

beforeEach(async () => {
  root = document.body.appendChild(document.createElement('main'));
  toasts.value = [];
  await setLanguage('en');
});
afterEach(() => {
  render(null, root);
  root.remove();
});

describe('the Deeper screen', () => {
  it('trains with what was typed', async () => {
    const { train, calls } = led();
    show({ trainSoftmax: train });
    const { fields } = more.value.deeper.form;
    button(more.value.deeper.form.preset.teachableMachine).click();
    await vi.waitFor(() => expect(input(fields.hidden.label).value).toBe('100'));
    type(fields.epochs.label, '7');
    type(fields.learningRate.label, '0,02');
    await vi.waitFor(() => expect(input(fields.epochs.label).value).toBe('7'));
    button(more.value.deeper.form.train).click();
    await vi.waitFor(() => expect(calls).toHaveLength(1));
    expect(calls[0]?.[0]).toEqual({
      epochs: 7,
      batchSize: 16,
      learningRate: 0.02,
      hidden: 100,
      seed: 0,
      validation: 0.15,
      patience: 0,
      standardize: false,
      balance: false,
    });
  });

  it('explains a wrong number, goes to it, and does not train', async () => {
    const { train, calls } = led();
    show({ trainSoftmax: train });
    const label = more.value.deeper.form.fields.validation.label;
    type(label, '80');
    await waitForWords(more.value.deeper.form.wrong('0', '50', true));
    button(more.value.deeper.form.train).click();
    await vi.waitFor(() => expect(document.activeElement).toBe(input(label)));
    expect(input(label).getAttribute('aria-invalid')).toBe('true');
    expect(calls).toHaveLength(0);
  });

  it('cannot train without photos of two classes', () => {
    const open = fakeOpenProject(project, {
      examples: examples.filter(({ class: id }) => id === project.classes[0]?.id),
    });
    renderScreen(open);
    expect(button(more.value.deeper.form.train).disabled).toBe(true);
    expect(words()).toContain(more.value.deeper.form.notReady);
  });

  it('shows each epoch in words, as curves and in a table', async () => {
    const { train, epoch } = led();
    show({ trainSoftmax: train });
    button(more.value.deeper.form.train).click();
    await waitForWords(more.value.deeper.progress.preparing);
    epoch(1);
    epoch(2);
    await waitForWords(more.value.deeper.progress.epoch(2, 20));
    expect(root.querySelector('progress')?.value).toBe(2);
    expect(words()).toContain(more.value.deeper.curves.latest('0.5', '1'));
    expect(words()).toContain(more.value.deeper.curves.latest('50\u00a0%', '25\u00a0%'));
    const rows = [...root.querySelectorAll('tbody tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent),
    );
    expect(rows).toEqual([
      ['1', '50\u00a0%', '25\u00a0%', '1', '2'],
      ['2', '50\u00a0%', '25\u00a0%', '0.5', '1'],
    ]);
    await vi.waitFor(() => expect(root.querySelectorAll('canvas')).toHaveLength(2));
    expect(root.querySelector('canvas')?.closest('[aria-hidden="true"]')).not.toBeNull();
  });

  it('draws the curves again in the colours of another theme', async () => {
    const { train, epoch } = led();
    show({ trainSoftmax: train });
    button(more.value.deeper.form.train).click();
    await waitForWords(more.value.deeper.progress.preparing);
    epoch(1);
    await vi.waitFor(() => expect(root.querySelectorAll('canvas')).toHaveLength(2));
    const before = root.querySelector('canvas');
    document.documentElement.dataset.theme = 'dark';
    await vi.waitFor(() => expect(root.querySelector('canvas')).not.toBe(before));
    expect(root.querySelectorAll('canvas')).toHaveLength(2);
    delete document.documentElement.dataset.theme;
  });

  it('stops when it is told to, and keeps nothing', async () => {
    const { train, epoch, calls } = led();
    show({ trainSoftmax: train });
    button(more.value.deeper.form.train).click();
    await waitForWords(more.value.deeper.progress.preparing);
    epoch(1);
    await waitForWords(more.value.deeper.progress.epoch(1, 20));
    button(more.value.deeper.progress.stop).click();
    await waitForWords(more.value.deeper.result.stopped);
    expect(calls[0]?.[1].signal.aborted).toBe(true);
    expect(words()).not.toContain(more.value.deeper.result.keep);
    expect(button(more.value.deeper.form.train).disabled).toBe(false);
  });

  it('goes on while another screen is shown', async () => {
    const { train, epoch, resolve } = led();
    const open = show({ trainSoftmax: train });
    button(more.value.deeper.form.train).click();
    await waitForWords(more.value.deeper.progress.preparing);
    render(null, root);
    epoch(1);
    epoch(2);
    renderScreen(open);
    expect(words()).toContain(more.value.deeper.progress.epoch(2, 20));
    resolve(trained(null));
    await waitForWords(more.value.deeper.result.verdict.unknown);
  });

  it.each([
    ['better', { value: 1, low: 0.999, high: 1, n: 3000 }],
    ['worse', { value: 0.2, low: 0.1, high: 0.3, n: 50 }],
    ['alike', { value: 1, low: 0.6, high: 1, n: 6 }],
  ] as const)('compares the new head with the live one: %s', async (verdict, accuracy) => {
    const { train, resolve } = led();
    show({ trainSoftmax: train });
    button(more.value.deeper.form.train).click();
    resolve(trained(accuracy));
    await waitForWords(more.value.deeper.result.verdict[verdict]);
    expect(words()).toContain('95\u00a0%'); // the live head: 19 of 20
  });

  it('keeps the new head', async () => {
    const { train, resolve } = led();
    const kept: Candidate[] = [];
    show({ trainSoftmax: train, keep: keepIn(kept) });
    button(more.value.deeper.form.train).click();
    const head = trained(null);
    resolve(head);
    await waitForWords(more.value.deeper.result.keep);
    button(more.value.deeper.result.keep).click();
    await vi.waitFor(() => expect(kept.map((candidate) => candidate.trained)).toEqual([head]));
    await vi.waitFor(() => expect(words()).not.toContain(more.value.deeper.result.keepHint));
    expect(toasts.value.map((toast) => toast.words)).toEqual([more.value.deeper.result.kept]);
  });

  it('says that a head could not be kept, and still offers it', async () => {
    const { train, resolve } = led();
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    show({ trainSoftmax: train, keep: () => Promise.reject(new Error('The disk is full.')) });
    button(more.value.deeper.form.train).click();
    resolve(trained(null));
    await waitForWords(more.value.deeper.result.keep);
    button(more.value.deeper.result.keep).click();
    await vi.waitFor(() => expect(toasts.value[0]?.kind).toBe('failure'));
    expect(words()).toContain(more.value.deeper.result.keep);
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });

  it('discards the new head', async () => {
    const { train, resolve } = led();
    show({ trainSoftmax: train });
    button(more.value.deeper.form.train).click();
    resolve(trained(null));
    await waitForWords(more.value.deeper.result.discard);
    button(more.value.deeper.result.discard).click();
    await vi.waitFor(() => expect(words()).not.toContain(more.value.deeper.result.discard));
  });

  it('explains a training that came apart, and offers the head from before', async () => {
    const { train, reject } = led();
    const kept: Candidate[] = [];
    show({ trainSoftmax: train, keep: keepIn(kept) });
    button(more.value.deeper.form.train).click();
    const head = trained(null);
    reject(new Diverged(head, 'The loss of epoch 3 is not a number.'));
    await waitForWords(more.value.deeper.result.diverged(true));
    button(more.value.deeper.result.keep).click();
    await vi.waitFor(() => expect(kept[0]?.trained).toBe(head));
  });

  it('offers nothing when a training came apart at once, or failed', async () => {
    const first = led();
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    show({ trainSoftmax: first.train });
    button(more.value.deeper.form.train).click();
    first.reject(new Diverged(null, 'The loss of epoch 1 is not a number.'));
    await waitForWords(more.value.deeper.result.diverged(false));
    expect(words()).not.toContain(more.value.deeper.result.keep);
    render(null, root);
    const second = led();
    show({ trainSoftmax: second.train });
    button(more.value.deeper.form.train).click();
    second.reject(new Error('The worker crashed.'));
    await waitForWords(more.value.deeper.result.failed);
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });

  it('shows the head that was kept, and goes back to the live one with a way to return', async () => {
    const open = show();
    const head = aHead(project, {
      slot: 'kept',
      kind: 'softmax',
      report: { ...live.report, examples: [10, 10] },
    });
    open.kept.value = head;
    await waitForWords(more.value.deeper.kept.made('20 photos', '2 classes'));
    button(more.value.deeper.kept.discard).click();
    await vi.waitFor(() => expect(open.kept.value).toBeNull());
    expect(words()).not.toContain(more.value.deeper.kept.title);
    toasts.value[0]?.action?.run();
    await waitForWords(more.value.deeper.kept.title);
  });

  it('speaks German', async () => {
    await setLanguage('de');
    show();
    expect(words()).toContain('Lernrate');
  });
});

function keepIn(kept: Candidate[]) {
  return async (candidate: Candidate) => {
    kept.push(candidate);
    return async () => {};
  };
}
