import { describe, expect, it, onTestFinished } from 'vitest';
import { formatBytes, formatMs, formatValue, shortDigest } from '../../../app/format.ts';
import { setLanguage } from '../../../app/text/text.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [2_257_984, '2.26 MB'],
  ])('writes %d as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('formatMs', () => {
  it.each([
    [0.14, '0.1 ms'],
    [3.0, '3 ms'],
    [41.3, '41 ms'],
  ])('writes %d as %s', (ms, text) => expect(formatMs(ms)).toBe(text));
});

describe('formatValue', () => {
  it.each([
    [0, '0'],
    [-28.9374, '−28.9'],
    [0.0001234, '0.000123'],
    [347.2509, '347'],
  ])('writes %d as %s', (value, text) => expect(formatValue(value)).toBe(text));
});

describe('shortDigest', () => {
  it('keeps the first eight and the last four characters', () =>
    expect(shortDigest(`01234567${'8'.repeat(52)}cdef`)).toBe('01234567…cdef'));
});

describe('figures in German', () => {
  it('have a comma', async () => {
    onTestFinished(() => setLanguage('en'));
    await setLanguage('de');
    expect([formatBytes(2_257_984), formatMs(3.14), formatValue(-28.9374)]).toEqual([
      '2,26 MB',
      '3,1 ms',
      '−28,9',
    ]);
  });
});
