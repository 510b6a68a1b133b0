// Fine-tuning before it begins: the trunk with its line, what it costs, the flags.
import { h, render } from 'preact';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { failureText } from '../../../../../app/text/failure-text.ts';
import { more } from '../../../../../app/text/more.ts';
import { setLanguage } from '../../../../../app/text/text.ts';
import type { FineTuneSettings } from '../../../../../app/training/deeper.ts';
import { DeeperScreen } from '../../../../../app/ui/screens/deeper.tsx';
import { AppError } from '../../../../../src/contract/errors.ts';
import { MAX_HEAD_BYTES } from '../../../../../src/contract/limits.ts';
import { fakeApp } from '../../../support/fake-app.ts';
import { COST } from '../../../support/fine-tune.ts';
import {
  choose,
  deeperScreen,
  examples,
  lineOf,
  manifest,
  press,
  project,
  saidBy,
  showAgain,
  startButton,
  value,
  waitForWords,
} from '../../../support/fine-tune-screen.ts';
import { fakeOpenProject } from '../../../support/open-project.ts';
import { named, show } from '../../../support/screens.ts';

afterEach(() => setLanguage('en'));

describe('the trunk in Deeper', () => {
  it('stands as a stack of blocks from the photo up to where the head reads', () => {
    const { root } = deeperScreen();
    const blocks = [...root.querySelectorAll('.tune-block')].map((block) => block.textContent);
    expect(blocks).toHaveLength(15);
    expect(blocks.at(0)).toMatch(/^block_13.*14.×.14.×.576.*Trainable$/);
    expect(blocks.at(1)).toMatch(/Trainable$/);
    expect(blocks.at(2)).toMatch(/^block_11.*Frozen$/);
    expect(blocks.at(-1)).toMatch(/^Conv1.*Frozen$/);
    expect(root.textContent).toContain(more.value.fineTune.stack.unused(4));
    expect(saidBy(lineOf(root))).toBe(value('block_11', 'block_12', 'block_13'));
  });

  it('has a line that keys move, within what can be trained', async () => {
    const { root } = deeperScreen();
    const line = lineOf(root);
    for (const [key, said] of [
      ['ArrowUp', value('block_12', 'block_13', 'block_13')],
      ['ArrowUp', value('block_12', 'block_13', 'block_13')],
      ['ArrowDown', value('block_11', 'block_12', 'block_13')],
      ['Home', value('Conv1', 'expanded_conv', 'block_13')],
      ['ArrowLeft', value('Conv1', 'expanded_conv', 'block_13')],
      ['ArrowRight', value('expanded_conv', 'block_1', 'block_13')],
      ['End', value('block_12', 'block_13', 'block_13')],
    ] as const) {
      await press(line, key);
      await vi.waitFor(() => expect(saidBy(line)).toBe(said));
    }
    await press(line, 'Home', 'PageUp');
    expect(line.valueAsNumber).toBeGreaterThan(1);
    expect(line.max).toBe('14');
  });

  it.each(['mouse', 'touch'])('has a line that can be dragged: %s', async (pointerType) => {
    const { root } = deeperScreen();
    const line = lineOf(root);
    const handle = line.parentElement;
    if (handle === null) throw new Error('The slider lies in the line.');
    // A made-up pointer cannot be captured; what is captured is remembered instead.
    const captured = new Set<number>();
    vi.spyOn(handle, 'setPointerCapture').mockImplementation((id) => void captured.add(id));
    vi.spyOn(handle, 'hasPointerCapture').mockImplementation((id) => captured.has(id));
    const rows = [...root.querySelectorAll('.tune-block')];
    const drag = (name: string, clientY: number) =>
      handle.dispatchEvent(
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
    const { root } = deeperScreen();
    const line = lineOf(root).parentElement?.getBoundingClientRect();
    const block = [...root.querySelectorAll('.tune-block.frozen')][0]?.getBoundingClientRect();
    expect(line && block && Math.abs((line.top + line.bottom) / 2 - block.top)).toBeLessThan(1);
  });

  it('lets the head read elsewhere, and takes the line along', async () => {
    const { root } = deeperScreen();
    choose(root, 'out_relu');
    await vi.waitFor(() => expect(saidBy(lineOf(root))).toBe(value('block_15', 'block_16', 'out_relu')));
    choose(root, 'block_4_add');
    await vi.waitFor(() => expect(saidBy(lineOf(root))).toBe(value('block_2', 'block_3', 'block_4')));
  });

  it('says when a trunk has no place for a line', () => {
    const [cut] = manifest.cuts;
    if (cut === undefined) throw new Error('The trunk has a cut.');
    const trunk = { ...manifest, cuts: [cut], defaults: { ...manifest.defaults, cut: cut.layer } };
    const { root } = deeperScreen({}, { trunk });
    expect(root.textContent).toContain(more.value.fineTune.noLine);
    expect(root.textContent).not.toContain(more.value.fineTune.start);
  });

  it('is not there before the model is', () => {
    const root = show(fakeApp().app, h(DeeperScreen, { open: fakeOpenProject(project, { examples }) }));
    expect(root.textContent).toContain(more.value.fineTune.missing);
  });
});

describe('what fine-tuning costs', () => {
  it('is shown before it begins, and measured again for another line and more photos', async () => {
    const asked: FineTuneSettings[] = [];
    const { root, open } = deeperScreen({
      fineTuneCost: async (settings) => {
        asked.push(settings);
        return { ...COST, seconds: asked.length === 1 ? 42 : 180 };
      },
    });
    expect(root.textContent).toContain(more.value.fineTune.cost.measuring);
    await waitForWords(root, more.value.fineTune.cost.seconds('40'));
    for (const said of ['87 MB', '320 kB', '114 thousand']) expect(root.textContent).toContain(said);
    await press(lineOf(root), 'ArrowUp');
    await waitForWords(root, more.value.fineTune.cost.measuring);
    await waitForWords(root, more.value.fineTune.cost.minutes('3'));
    expect(asked.map(({ from }) => from)).toEqual(['block_11_add', 'block_12_add']);
    open.examples.value = examples.slice(2);
    await vi.waitFor(() => expect(asked).toHaveLength(3));
  });

  it('is known when one comes back', async () => {
    const fineTuneCost = vi.fn(async () => COST);
    const { root, open } = deeperScreen({ fineTuneCost });
    await waitForWords(root, more.value.fineTune.cost.seconds('40'));
    render(null, root);
    await waitForWords(showAgain(open), more.value.fineTune.cost.seconds('40'));
    expect(fineTuneCost).toHaveBeenCalledOnce();
  });

  it('forbids a head that would be too large, and says what to do', async () => {
    const { root } = deeperScreen({ fineTuneCost: async () => ({ ...COST, headBytes: MAX_HEAD_BYTES + 1 }) });
    await waitForWords(root, more.value.fineTune.cost.moveUp);
    expect(startButton(root).disabled).toBe(true);
    expect(root.querySelector('.tune-cost .caution')?.textContent).toContain('4.19 MB');
  });

  it('is said not to be known when it cannot be measured; one can begin all the same', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const error = new AppError('not_trainable', { detail: 'No gradient.' });
    const { root } = deeperScreen({ fineTuneCost: () => Promise.reject(error) });
    await waitForWords(root, failureText(error).title);
    expect(startButton(root).disabled).toBe(false);
    log.mockRestore();
  });

  it('is not measured without photos of two classes', async () => {
    const { root } = deeperScreen(
      { fineTuneCost: () => Promise.reject(new Error('It was not to be measured.')) },
      { given: examples.filter(({ class: id }) => id === project.classes[0]?.id) },
    );
    expect(startButton(root).disabled).toBe(true);
    expect(root.querySelector('.tune-cost')?.textContent).toContain(more.value.deeper.form.notReady);
  });
});

describe('the flags of BatchNorm', () => {
  it('are apart, named as in Keras, and batch statistics come with a warning', async () => {
    const { root } = deeperScreen();
    const { batchNorm } = more.value.fineTune;
    named(root, batchNorm.training.label).click();
    await waitForWords(root, batchNorm.ruins);
    named(root, batchNorm.trainable.label).click();
    await waitForWords(root, batchNorm.noEffect);
    expect(root.textContent).not.toContain(batchNorm.ruins);
  });
});
