// Figures as people read them, with the decimal sign of their language.
import { language } from './text/text.ts';

/** Bytes in decimal units, three significant digits at most: 512 -> "512 B", 2_257_984 -> "2.26 MB". */
export function formatBytes(bytes: number): string {
  return `${scaled(bytes, ['', 'k', 'M', 'G'])}B`;
}

/** A share of [0,1] in whole per cent; never rounds to a certainty that is not there. */
export function formatPercent(share: number): string {
  if (share > 0 && share < 0.005) return '< 1\u00a0%';
  if (share < 1 && share >= 0.995) return '> 99\u00a0%';
  return `${Math.round(share * 100)}\u00a0%`;
}

/** An interval of shares in whole per cent, rounded outwards. */
export function formatRange(low: number, high: number): readonly [low: string, high: string] {
  return [`${Math.floor(low * 100 + 1e-9)}\u00a0%`, `${Math.ceil(high * 100 - 1e-9)}\u00a0%`];
}

/** A duration in ms: 3.14 -> "3.1 ms", 41.3 -> "41 ms". */
export function formatMs(ms: number): string {
  return `${local(ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms))} ms`;
}

/** A value of a statistic, three significant digits: 0.0001234 -> "0.000123", -28.9374 -> "−28.9". */
export function formatValue(value: number): string {
  return local(Number(value.toPrecision(3))).replace('-', '−');
}

/** A digest in short: its first eight and last four characters. */
export function shortDigest(digest: string): string {
  return `${digest.slice(0, 8)}…${digest.slice(-4)}`;
}

function scaled(value: number, units: readonly string[]): string {
  const step = Math.min(Math.max(Math.floor(Math.log10(Math.max(value, 1)) / 3), 0), units.length - 1);
  return `${local(Number((value / 1000 ** step).toPrecision(3)))} ${units[step]}`;
}

function local(figure: number): string {
  const digits = String(figure);
  return language.value === 'de' ? digits.replace('.', ',') : digits;
}
