// Fine-tuning while it goes on and what comes of it; the training itself is led by the test.
import { signal } from '@preact/signals';
import { render } from 'preact';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { DeviceError } from '../../../../../app/failure.ts';
import type { Candidate, OpenProject } from '../../../../../app/project/open-project.ts';
import { failureText } from '../../../../../app/text/failure-text.ts';
import { more } from '../../../../../app/text/more.ts';
import { setLanguage, text } from '../../../../../app/text/text.ts';
import { Diverged } from '../../../../../app/training/trainer.ts';
import { toasts } from '../../../../../app/ui/toasts.ts';
import { AppError } from '../../../../../src/contract/errors.ts';
import { anEpoch, aTunedHead, ledFineTune, SETTINGS } from '../../../support/fine-tune.ts';
import {
  deeperScreen,
  lineOf,
  press,
  saidBy,
  showAgain,
  startButton,
  tuned,
  waitForWords,
} from '../../../support/fine-tune-screen.ts';
import { named, problems } from '../../../support/screens.ts';

afterEach(() => setLanguage('en'));

describe('a fine-tuning', () => {
  it('begins with what was chosen', async () => {
    const { fineTune, calls } = ledFineTune();
    const { root } = deeperScreen({ fineTune });
    await press(lineOf(root), 'ArrowUp');
    await vi.waitFor(() => expect(saidBy(lineOf(root))).toContain('block_12;'));
    named(root, more.value.fineTune.batchNorm.training.label).click();
    named(root, more.value.fineTune.fields.augment.label).click();
    await waitForWords(root, more.value.fineTune.batchNorm.ruins);
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
    const { root } = deeperScreen(led);
    startButton(root).click();
    await waitForWords(root, more.value.deeper.progress.stop);
    led.preparing(12, 20);
    await waitForWords(root, more.value.fineTune.photosThrough(12, 20));
    led.epoch(0, { validationAccuracy: 0.25 });
    await waitForWords(root, more.value.fineTune.epochsDone(0, 15));
    led.epoch(1, { validationAccuracy: 0.75 });
    await waitForWords(root, more.value.fineTune.epochsDone(1, 15));
    expect(root.textContent).toContain(more.value.deeper.curves.before);
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
    const { root, open } = deeperScreen(led);
    startButton(root).click();
    await waitForWords(root, more.value.deeper.progress.stop);
    render(null, root);
    led.epoch(0);
    led.epoch(1);
    const again = showAgain(open);
    expect(again.textContent).toContain(more.value.fineTune.epochsDone(1, 15));
    expect(named(again, more.value.deeper.form.train)).toHaveProperty('disabled', true);
    expect(again.textContent).toContain(more.value.deeper.form.busy);
    led.resolve(aTunedHead(tuned));
    await waitForWords(again, more.value.deeper.result.keep);
    expect(named(again, more.value.deeper.form.train)).toHaveProperty('disabled', false);
  });

  it('stops when it is told to', async () => {
    const led = ledFineTune();
    const { root } = deeperScreen(led);
    startButton(root).click();
    await waitForWords(root, more.value.deeper.progress.stop);
    named(root, more.value.deeper.progress.stop).click();
    await waitForWords(root, more.value.deeper.result.stopped);
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
      const { root } = deeperScreen(led);
      startButton(root).click();
      led.resolve(aTunedHead(tuned, { before: { loss: null, accuracy } }));
      await waitForWords(root, more.value.fineTune.before.verdict[verdict]);
      expect(root.textContent).toContain(more.value.deeper.result.verdict.alike);
      expect(root.textContent).toContain(more.value.fineTune.bestEpoch(6));
    },
  );

  it('says when no epoch was better than none', async () => {
    const led = ledFineTune();
    const { root } = deeperScreen(led);
    startButton(root).click();
    led.resolve(aTunedHead(tuned, { bestEpoch: 0, before: { loss: 0.4, accuracy: 1 } }));
    await waitForWords(root, more.value.fineTune.noBetter);
    for (const words of Object.values(more.value.fineTune.before.verdict))
      expect(root.textContent).not.toContain(words);
  });

  it('proves that what was frozen has stayed, and names the statistics that moved', async () => {
    const led = ledFineTune();
    const { root } = deeperScreen(led);
    const { proof } = aTunedHead(tuned);
    startButton(root).click();
    led.resolve(aTunedHead(tuned));
    await waitForWords(root, more.value.fineTune.proof.statistics);
    expect(root.textContent).toContain(more.value.fineTune.proof.below(13));
    expect(root.textContent).toContain('11111111…1111');
    named(root, more.value.deeper.result.discard).click();
    await waitForWords(root, more.value.fineTune.start);

    const other = ledFineTune();
    const { root: second } = deeperScreen(other);
    startButton(second).click();
    other.resolve(aTunedHead(tuned, { proof: { ...proof, moved: ['block_12_expand_BN'] } }));
    await waitForWords(second, more.value.fineTune.proof.moved(1));
    expect(second.textContent).toContain('block_12_expand_BN');
  });

  it('is kept, and can be taken back', async () => {
    const led = ledFineTune();
    const kept: Candidate[] = [];
    const undo = vi.fn(async () => {});
    const { root } = deeperScreen({
      ...led,
      keep: async (candidate) => {
        kept.push(candidate);
        return undo;
      },
    });
    startButton(root).click();
    led.resolve(aTunedHead(tuned));
    await waitForWords(root, more.value.deeper.result.keep);
    named(root, more.value.deeper.result.keep).click();
    await vi.waitFor(() => expect(kept[0]?.trained).toBe(tuned));
    await vi.waitFor(() => expect(root.textContent).not.toContain(more.value.deeper.result.keepHint));
    expect(toasts.value[0]?.words).toBe(more.value.deeper.result.kept);
    toasts.value[0]?.action?.run();
    await vi.waitFor(() => expect(undo).toHaveBeenCalledOnce());
    await waitForWords(root, more.value.deeper.result.keepHint);
  });

  it('is discarded, and can be brought back', async () => {
    const led = ledFineTune();
    const { root } = deeperScreen(led);
    startButton(root).click();
    led.resolve(aTunedHead(tuned));
    await waitForWords(root, more.value.deeper.result.discard);
    const discard = named(root, more.value.deeper.result.discard);
    discard.focus();
    discard.click();
    await vi.waitFor(() => expect(root.textContent).not.toContain(more.value.deeper.result.keepHint));
    await vi.waitFor(() => expect(document.activeElement?.textContent).toBe(more.value.fineTune.title));
    expect(toasts.value).toHaveLength(1);
    toasts.value[0]?.action?.run();
    await waitForWords(root, more.value.deeper.result.keepHint);
  });

  it('that came apart offers the head from before that', async () => {
    const led = ledFineTune();
    const kept: Candidate[] = [];
    const { root } = deeperScreen({
      ...led,
      keep: async (candidate) => {
        kept.push(candidate);
        return async () => {};
      },
    });
    startButton(root).click();
    led.reject(new Diverged(tuned, 'The loss of epoch 2 is not a number.'));
    await waitForWords(root, more.value.deeper.result.diverged(true));
    named(root, more.value.deeper.result.keep).click();
    await vi.waitFor(() => expect(kept[0]?.trained).toBe(tuned));
  });

  it.each([
    ['the trainer has stopped', new DeviceError('trainer_crashed')],
    ['a frozen layer has moved', new AppError('digest_mismatch', { detail: 'Layer "x".' })],
  ])('that failed says why: %s', async (_, error) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const led = ledFineTune();
    const { root } = deeperScreen(led);
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
      ...deeperScreen({
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
    const { words, yesterday } = more.value.fineTune.brokenOff;
    const time = new Intl.DateTimeFormat('en', { timeStyle: 'short' });
    const evening = new Date(2026, 10, 27, 18, 30);
    expect(said(evening)).toContain(words(6, 15, yesterday(time.format(evening))));
    expect(said(new Date(2026, 10, 28, 0, 1))).toContain('today');
    expect(said(new Date(2026, 10, 20, 18, 30))).toContain('2026');
    expect(said(evening)).toContain(more.value.deeper.curves.before);
  });

  it('goes on with its own settings and its earlier epochs', async () => {
    const led = ledFineTune();
    const { root } = brokenOff(led);
    named(root, more.value.fineTune.brokenOff.resume).click();
    await vi.waitFor(() => expect(led.calls).toHaveLength(1));
    expect(led.calls[0]?.[0]).toEqual(settings);
    expect(led.calls[0]?.[1].resume).toBe(true);
    await waitForWords(root, more.value.fineTune.epochsDone(6, 15));
    led.preparing(3, 20);
    await waitForWords(root, more.value.fineTune.photosThrough(3, 20));
    led.epoch(7);
    await waitForWords(root, more.value.fineTune.epochsDone(7, 15));
    expect(root.querySelectorAll('tbody tr')).toHaveLength(8);
    expect(root.textContent).not.toContain(more.value.fineTune.brokenOff.title);
  });

  it('is forgotten when one says so', async () => {
    const { root, broken } = brokenOff();
    named(root, more.value.fineTune.brokenOff.forget).click();
    await vi.waitFor(() => expect(broken.value).toBeNull());
    await vi.waitFor(() => expect(root.querySelector('.tune-broken')).toBeNull());
    expect(toasts.value[0]?.words).toBe(more.value.fineTune.brokenOff.forgotten);
  });

  it('cannot go on with other photos, and says so', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const led = ledFineTune();
    const { root } = brokenOff(led);
    named(root, more.value.fineTune.brokenOff.resume).click();
    led.reject(new DeviceError('training_outdated'));
    await waitForWords(root, text.value.failures.training_outdated.detail);
    expect(named(root, more.value.fineTune.brokenOff.forget)).toBeTruthy();
    log.mockRestore();
  });
});

describe.each(['en', 'de'] as const)('fine-tuning (%s)', (language) => {
  it('has nothing that axe finds wrong, before and after', async () => {
    await setLanguage(language);
    const led = ledFineTune();
    const { root } = deeperScreen({
      ...led,
      brokenOff: signal({ settings: SETTINGS, progress: [anEpoch(0), anEpoch(1)], savedAt: 0 }),
    });
    await waitForWords(root, more.value.fineTune.cost.seconds('40'));
    for (const details of root.querySelectorAll('details')) details.open = true;
    expect(await problems(root)).toEqual([]);
    startButton(root).click();
    led.preparing(1, 2);
    await waitForWords(root, more.value.fineTune.photosThrough(1, 2));
    expect(await problems(root)).toEqual([]);
    led.epoch(0);
    led.epoch(1);
    led.resolve(aTunedHead(tuned));
    await waitForWords(root, more.value.deeper.result.keep);
    for (const details of root.querySelectorAll('details')) details.open = true;
    expect(await problems(root)).toEqual([]);
  });
});
