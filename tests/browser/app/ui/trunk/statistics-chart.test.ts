import { h, render } from 'preact';
import { describe, expect, it, onTestFinished } from 'vitest';
import { userEvent } from 'vitest/browser';
import { StatisticsChart } from '../../../../../app/ui/trunk/statistics-chart.tsx';

const LAYERS = [
  {
    ...{ layer: 'bn_a', channels: 32, epsilon: 0.001, momentum: 0.99 },
    ...{ mean: { min: -1.5, max: 1 }, variance: { min: 0, max: 2 } },
  },
  {
    ...{ layer: 'bn_b', channels: 1280, epsilon: 0.001, momentum: 0.99 },
    ...{ mean: { min: -3, max: 4 }, variance: { min: 0.5, max: 8 } },
  },
];

function mount(layers = LAYERS): HTMLElement {
  const root = document.createElement('main');
  document.body.append(root);
  render(h(StatisticsChart, { layers }), root);
  onTestFinished(() => {
    render(null, root);
    root.remove();
  });
  return root;
}

const pointedAt = (root: HTMLElement) => root.querySelector('.statistics-layer')?.textContent;

describe('the chart of statistics', () => {
  it('draws one bar a layer in each of two strips', () => {
    const bars = [...mount().querySelectorAll('svg')].map((plot) => plot.querySelectorAll('.range').length);
    expect(bars).toEqual([2, 2]);
  });

  it('tells the layer under the slider, by keyboard too', async () => {
    const root = mount();
    const slider = root.querySelector('input');
    expect(pointedAt(root)).toContain('bn_a');
    slider?.focus();
    await userEvent.keyboard('{ArrowRight}');
    await expect
      .poll(() => slider?.getAttribute('aria-valuetext'))
      .toBe('bn_b, 1280 channels, means from −3 to 4, variances from 0.5 to 8');
    expect(pointedAt(root)).toContain('layer 2 of 2');
    const markers = [...root.querySelectorAll('.marker')].map((marker) => marker.getAttribute('x'));
    expect(markers).toEqual(['1', '1']);
  });

  it('follows the pointer over a strip', async () => {
    const root = mount();
    const plot = root.querySelector('svg');
    const { right = 0, top = 0 } = plot?.getBoundingClientRect() ?? {};
    plot?.dispatchEvent(new PointerEvent('pointermove', { clientX: right - 1, clientY: top + 1 }));
    await expect.poll(() => pointedAt(root)).toContain('bn_b');
  });

  it('says where epsilon carries variances that were stored as zero, and only there', async () => {
    const root = mount();
    expect(pointedAt(root)).toContain('epsilon (0.001)');
    root.querySelector('input')?.focus();
    await userEvent.keyboard('{End}');
    await expect.poll(() => pointedAt(root)).not.toContain('epsilon');
  });

  it('has every figure in a table', () => {
    const rows = [...mount().querySelectorAll('tbody tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent),
    );
    expect(rows).toEqual([
      ['bn_a', '32', '−1.5', '1', '0', '2', '0.001'],
      ['bn_b', '1280', '−3', '4', '0.5', '8', '0.001'],
    ]);
  });

  it('has words for a trunk without BatchNorm', () =>
    expect(mount([]).textContent).toBe('This trunk has no BatchNorm layers.'));
});
