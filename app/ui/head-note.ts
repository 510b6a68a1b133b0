// Which head answers, and what it can tell apart.
import type { HeadSummary } from '../../src/contract/api.ts';
import { h } from './h.ts';

const MAX_NAMED = 20;

/** A sentence or two; of many classes only the first are named. */
export function headNote({ id, title, labels }: HeadSummary): HTMLElement {
  const named = labels.slice(0, MAX_NAMED).join(', ');
  const rest = labels.length > MAX_NAMED ? ` and ${labels.length - MAX_NAMED} more` : '';
  // A head that nobody named is listed by its labels.
  const name = title === labels.join(', ') ? id : title;
  return h(
    'p',
    {},
    'The head ',
    h('strong', {}, name),
    ` answers here. It knows ${named}${rest}, and nothing else.`,
  );
}
