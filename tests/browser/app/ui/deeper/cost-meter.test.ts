import { describe, expect, it, vi } from 'vitest';
import type { FineTuneCost } from '../../../../../app/training/deeper.ts';
import { createCostMeter } from '../../../../../app/ui/deeper/cost-meter.ts';
import { COST } from '../../../support/fine-tune.ts';

/** A measurement that ends when the test says so. */
function held() {
  let resolve: (cost: FineTuneCost) => void = () => {};
  const promise = new Promise<FineTuneCost>((yes) => {
    resolve = yes;
  });
  return { resolve, measure: vi.fn(() => promise) };
}

describe('the meter of costs', () => {
  it('measures once, when what is asked has rested', async () => {
    const meter = createCostMeter();
    const dragged = ['a', 'b', 'c'].map((basis) => {
      const { measure, resolve } = held();
      meter.ask(basis, measure);
      meter.ask(basis, measure);
      return { measure, resolve };
    });
    expect(meter.cost.value).toEqual({ state: 'measuring' });
    await vi.waitFor(() => expect(dragged[2]?.measure).toHaveBeenCalledOnce());
    dragged[2]?.resolve(COST);
    await vi.waitFor(() => expect(meter.cost.value).toEqual({ state: 'known', cost: COST }));
    expect(dragged[0]?.measure).not.toHaveBeenCalled();
    expect(dragged[1]?.measure).not.toHaveBeenCalled();
  });

  it('drops an answer to what is not asked any more, and measures one thing at a time', async () => {
    const meter = createCostMeter();
    const [first, second] = [held(), held()];
    meter.ask('a', first.measure);
    await vi.waitFor(() => expect(first.measure).toHaveBeenCalledOnce());
    meter.ask('b', second.measure);
    const seen: unknown[] = [];
    const stop = meter.cost.subscribe((cost) => seen.push(cost));
    first.resolve({ ...COST, seconds: 1 });
    await vi.waitFor(() => expect(second.measure).toHaveBeenCalledOnce());
    second.resolve(COST);
    await vi.waitFor(() => expect(meter.cost.value).toEqual({ state: 'known', cost: COST }));
    expect(seen).toEqual([{ state: 'measuring' }, { state: 'known', cost: COST }]);
    stop();
  });

  it('takes the answer when the same is asked again before it has come', async () => {
    const meter = createCostMeter();
    const [first, again] = [held(), held()];
    meter.ask('a', first.measure);
    await vi.waitFor(() => expect(first.measure).toHaveBeenCalledOnce());
    meter.ask('b', again.measure);
    meter.ask('a', again.measure);
    first.resolve(COST);
    await vi.waitFor(() => expect(meter.cost.value.state).toBe('known'));
    meter.ask('c', async () => ({ ...COST, seconds: 1 }));
    await vi.waitFor(() => expect(meter.cost.value).toMatchObject({ cost: { seconds: 1 } }));
    expect(again.measure).not.toHaveBeenCalled();
  });

  it('knows what it has measured before', async () => {
    const meter = createCostMeter();
    const measure = vi.fn(async () => COST);
    meter.ask('a', measure);
    await vi.waitFor(() => expect(meter.cost.value.state).toBe('known'));
    meter.ask(null, measure);
    meter.ask('a', measure);
    expect(meter.cost.value).toEqual({ state: 'known', cost: COST });
    expect(measure).toHaveBeenCalledOnce();
  });

  it('says that it could not be measured, and asks again for other settings', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const meter = createCostMeter();
    meter.ask('a', () => Promise.reject(new Error('No memory.')));
    await vi.waitFor(() => expect(meter.cost.value.state).toBe('failed'));
    expect(log).toHaveBeenCalledOnce();
    meter.ask('b', async () => COST);
    await vi.waitFor(() => expect(meter.cost.value.state).toBe('known'));
    log.mockRestore();
  });

  it('knows nothing where there is nothing to measure, and after it was stopped', async () => {
    const meter = createCostMeter();
    const { measure, resolve } = held();
    meter.ask('a', measure);
    meter.ask(null, measure);
    expect(meter.cost.value).toEqual({ state: 'none' });
    meter.ask('b', measure);
    await vi.waitFor(() => expect(measure).toHaveBeenCalledOnce());
    meter.stop();
    resolve(COST);
    const after = held();
    meter.ask('c', after.measure);
    await vi.waitFor(() => expect(after.measure).toHaveBeenCalledOnce());
    expect(meter.cost.value).toEqual({ state: 'measuring' });
  });
});
