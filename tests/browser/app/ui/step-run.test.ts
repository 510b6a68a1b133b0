import { describe, expect, it } from 'vitest';
import { createStepRun } from '../../../../app/ui/step-run.ts';
import { led } from '../../support/led.ts';

describe('a long piece of work', () => {
  it('says how far it is, and what came of it', async () => {
    const run = createStepRun<string>();
    const work = led<string>();
    const over = run.start(work.run);
    expect(run.state.value).toEqual({ state: 'running', done: null });
    work.progress(2, 5);
    expect(run.state.value).toEqual({ state: 'running', done: { done: 2, of: 5 } });
    work.resolve('done');
    await over;
    expect(run.state.value).toEqual({ state: 'done', value: 'done' });
  });

  it('says why it failed', async () => {
    const run = createStepRun<string>();
    const work = led<string>();
    const over = run.start(work.run);
    const error = new Error('no');
    work.reject(error);
    await over;
    expect(run.state.value).toEqual({ state: 'failed', error });
  });

  it('is stopped, and says nothing that comes too late', async () => {
    const run = createStepRun<string>();
    const work = led<string>();
    const over = run.start(work.run);
    run.stop();
    work.progress(4, 5);
    await over;
    expect(run.state.value).toEqual({ state: 'stopped' });
  });

  it('gives way to the next one', async () => {
    const run = createStepRun<string>();
    const [first, second] = [led<string>(), led<string>()];
    const [one, two] = [run.start(first.run), run.start(second.run)];
    await one;
    first.progress(1, 2);
    expect(run.state.value).toEqual({ state: 'running', done: null });
    second.resolve('second');
    await two;
    expect(run.state.value).toEqual({ state: 'done', value: 'second' });
  });

  it('is forgotten at once when it is cleared, and stays so', async () => {
    const run = createStepRun<string>();
    const work = led<string>();
    const over = run.start(work.run);
    run.clear();
    expect(work.hooks[0]?.signal.aborted).toBe(true);
    await over;
    expect(run.state.value).toEqual({ state: 'none' });
  });
});
