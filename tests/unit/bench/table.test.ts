import { describe, expect, it } from 'vitest';
import { table } from '../../../bench/table.ts';

describe('table', () => {
  it('puts names to the left, figures to the right, and as wide as the widest', () => {
    expect(
      table(
        ['engine', 'ms'],
        [
          ['a', '1.5'],
          ['longer one', '12'],
        ],
      ),
    ).toBe(['engine       ms', '----------  ---', 'a           1.5', 'longer one   12'].join('\n'));
  });
});
