import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rangeOf, sliceStream } from '../../../worker/byte-range.ts';

const ETAG = '"v1"';
const of = (header: string | undefined, size = 10, ifRange?: string) =>
  rangeOf(header, { size, etag: ETAG, ifRange });
const part = (start: number, end: number) => ({ kind: 'part', start, end });

describe('rangeOf', () => {
  it.each([
    ['bytes=0-3', part(0, 3)],
    ['bytes=3-3', part(3, 3)],
    ['bytes=4-', part(4, 9)],
    ['bytes=-4', part(6, 9)],
    ['bytes=-40', part(0, 9)],
    ['bytes=2-40', part(2, 9)],
    ['BYTES= 0-3 ', part(0, 3)],
    ['bytes=10-', { kind: 'unsatisfiable' }],
    ['bytes=10-20', { kind: 'unsatisfiable' }],
    ['bytes=-0', { kind: 'unsatisfiable' }],
    ['bytes=3-2', { kind: 'whole' }],
    ['bytes=0-1,4-5', { kind: 'whole' }],
    ['bytes=-', { kind: 'whole' }],
    ['bytes=a-b', { kind: 'whole' }],
    ['rows=0-3', { kind: 'whole' }],
    ['', { kind: 'whole' }],
    [undefined, { kind: 'whole' }],
  ])('reads %j of 10 bytes', (header, expected) => {
    expect(of(header)).toEqual(expected);
  });

  it('finds nothing in an empty file', () => {
    for (const header of ['bytes=0-', 'bytes=0-0', 'bytes=-1'])
      expect(of(header, 0)).toEqual({ kind: 'unsatisfiable' });
  });

  it('gives the whole where If-Range names another version, a weak tag or a date', () => {
    expect(of('bytes=0-3', 10, ETAG)).toEqual(part(0, 3));
    for (const other of ['"v2"', 'W/"v1"', 'Mon, 23 Nov 2026 00:00:00 GMT'])
      expect(of('bytes=0-3', 10, other)).toEqual({ kind: 'whole' });
    const weak = 'W/"v1"';
    expect(rangeOf('bytes=0-3', { size: 10, etag: weak, ifRange: weak })).toEqual({ kind: 'whole' });
    expect(rangeOf('bytes=0-3', { size: 10, etag: null, ifRange: ETAG })).toEqual({ kind: 'whole' });
  });
});

describe('sliceStream', () => {
  it('gives the same bytes as slicing the whole, however it comes in', async () => {
    const cases = fc
      .tuple(fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 6 }), fc.nat(60), fc.nat(60))
      .filter(([chunks]) => chunks.some(({ length }) => length > 0));
    await fc.assert(
      fc.asyncProperty(cases, async ([chunks, a, b]) => {
        const whole = chunks.flatMap((chunk) => [...chunk]);
        const start = Math.min(a, b) % whole.length;
        const end = Math.min(Math.max(a, b, start), whole.length - 1);
        const got = new Response(sliceStream(streamOf(chunks), { start, end }));
        expect([...new Uint8Array(await got.arrayBuffer())]).toEqual(whole.slice(start, end + 1));
      }),
    );
  });

  it('reads no further than the range', async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(10));
      },
    });
    const got = await new Response(sliceStream(endless, { start: 5, end: 24 })).arrayBuffer();
    expect(got.byteLength).toBe(20);
    expect(pulled).toBeLessThan(10);
  });
});

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}
