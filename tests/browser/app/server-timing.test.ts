import { describe, expect, it } from 'vitest';
import { readServerTiming } from '../../../app/server-timing.ts';

describe('readServerTiming', () => {
  it('reads phases in order, null where there is no duration', () =>
    expect(readServerTiming('decode;dur=3.1, body, head;desc="x";dur=0.2')).toEqual([
      { name: 'decode', ms: 3.1 },
      { name: 'body', ms: null },
      { name: 'head', ms: 0.2 },
    ]));

  it.each([null, '', ' , ', '"quoted name";dur=1'])('finds nothing in %j', (header) =>
    expect(readServerTiming(header)).toEqual([]),
  );

  it('takes no duration that is not a number', () =>
    expect(readServerTiming('trunk;dur=soon')).toEqual([{ name: 'trunk', ms: null }]));
});
