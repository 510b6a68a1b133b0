import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatMs,
  formatShare,
  formatValue,
  shortDigest,
} from '../../../app/format.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [2_257_984, '2.26 MB'],
  ])('writes %d as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [52, '52'],
    [17_056, '17.1 thousand'],
    [220_699_136, '221 million'],
  ])('writes %d as %s', (count, text) => expect(formatCount(count)).toBe(text));
});

describe('formatShare', () => {
  it.each([
    [0, '0 %'],
    [0.0004, '< 0.1 %'],
    [0.01, '1 %'],
    [0.9342, '93.4 %'],
    [0.9996, '> 99.9 %'],
    [1, '100 %'],
  ])('writes %d as %s', (share, text) => expect(formatShare(share)).toBe(text));
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
