import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../bench/options.ts';

describe('the options of the benchmark', () => {
  it('runs every part at length when nothing is said', () => {
    expect(readOptions([])).toEqual({
      json: false,
      quick: false,
      parts: [
        'trunk',
        'chromium',
        'workerd',
        'head',
        'edge',
        'load',
        'cold',
        'memory',
        'cpu',
        'images',
        'bytes',
        'precision',
      ],
    });
  });

  it('takes one part', () => {
    expect(readOptions(['--quick', '--json', '--only', 'edge'])).toEqual({
      json: true,
      quick: true,
      parts: ['edge'],
    });
  });

  it.each([['--only', 'tail'], ['--only'], ['--fast'], ['trunk']])('answers %j by its usage', (...args) => {
    expect(() => readOptions(args)).toThrow(/request_invalid: Usage: npm run bench/);
  });
});
