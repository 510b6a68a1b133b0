// A time as people read it, in their language.
import { language } from '../../text/text.ts';

/** @param time ISO 8601, or ms since the epoch */
export function formatWhen(time: string | number): string {
  const at = new Date(time);
  const today = at.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(
    language.value,
    today ? { timeStyle: 'short' } : { dateStyle: 'medium' },
  ).format(at);
}

/** Minutes and seconds. */
export function formatLeft(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
