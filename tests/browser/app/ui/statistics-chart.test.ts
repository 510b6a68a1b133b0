import { afterEach, describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { statisticsChart } from '../../../../app/ui/statistics-chart.ts';

const LAYERS = [
  {
    layer: 'bn_a',
    channels: 32,
    epsilon: 0.001,
    momentum: 0.99,
    mean: { min: -1.5, max: 1 },
    variance: { min: 0, max: 2 },
  },
  {
    layer: 'bn_b',
    channels: 1280,
    epsilon: 0.001,
    momentum: 0.99,
    mean: { min: -3, max: 4 },
    variance: { min: 0.5, max: 8 },
  },
];

function mount(): HTMLElement {
  const chart = statisticsChart(LAYERS);
  document.body.replaceChildren(chart);
  return chart;
}

afterEach(() => document.body.replaceChildren());

describe('statisticsChart', () => {
  it('draws one bar a layer in each of two strips', () => {
    const bars = [...mount().querySelectorAll('svg')].map((plot) => plot.querySelectorAll('.range').length);
    expect(bars).toEqual([2, 2]);
  });

  it('tells the layer under the slider, by keyboard too', async () => {
    const chart = mount();
    const slider = chart.querySelector('input');
    expect(chart.querySelector('.layer')?.textContent).toContain('bn_a');
    slider?.focus();
    await userEvent.keyboard('{ArrowRight}');
    expect(slider?.getAttribute('aria-valuetext')).toBe(
      'bn_b, 1280 channels, means from −3 to 4, variances from 0.5 to 8',
    );
    expect(chart.querySelector('.layer')?.textContent).toContain('bn_b');
    expect([...chart.querySelectorAll('.marker')].map((marker) => marker.getAttribute('x'))).toEqual([
      '1',
      '1',
    ]);
  });

  it('follows the pointer over a strip', () => {
    const chart = mount();
    const plot = chart.querySelector('svg');
    const { right = 0, top = 0 } = plot?.getBoundingClientRect() ?? {};
    plot?.dispatchEvent(new PointerEvent('pointermove', { clientX: right - 1, clientY: top + 1 }));
    expect(chart.querySelector('.layer')?.textContent).toContain('bn_b');
  });

  it('says where epsilon carries variances that were stored as zero, and only there', async () => {
    const chart = mount();
    expect(chart.querySelector('.layer')?.textContent).toContain('epsilon (0.001)');
    chart.querySelector('input')?.focus();
    await userEvent.keyboard('{End}');
    expect(chart.querySelector('.layer')?.textContent).not.toContain('epsilon');
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
    expect(statisticsChart([]).textContent).toBe('This trunk has no BatchNorm layers.'));
});
