// What came of a picture: the classes as bars and what answered, or why there is no answer.
import type { Failure, PredictionAnswer } from '../client.ts';
import { formatBytes, formatMs, formatShare, shortDigest } from '../format.ts';
import type { PreparedImage } from '../prepare-image.ts';
import { h } from './h.ts';

/** The classes, most likely first, what was sent, and what answered. */
export function answerView(answer: PredictionAnswer, sent: PreparedImage): HTMLElement {
  const { predictions, head, revision, rejected, timings, roundTripMs } = answer;
  const timed = timings.flatMap(({ name, ms }) => (ms === null ? [] : [`${name} ${formatMs(ms)}`]));
  return h(
    'div',
    {},
    rejected &&
      h(
        'p',
        { class: 'caution' },
        'This picture is unlike everything that the head was trained on, so do not trust the classes below.',
      ),
    h('ol', { class: 'bars' }, ...predictions.map(({ label, score }) => bar(label, score))),
    h(
      'dl',
      { class: 'made-by' },
      ...line(
        'Head',
        h('code', {}, head),
        ', revision ',
        h('code', { title: revision }, shortDigest(revision)),
      ),
      ...line('Sent', describeSent(sent)),
      ...line(
        'Time',
        `${formatMs(roundTripMs)} there and back`,
        timed.length > 0 ? `; on the server ${timed.join(', ')}` : '',
      ),
    ),
  );
}

/** Why there is no answer, and what to do. */
export function failureView({ title, detail }: Failure): HTMLElement {
  return h('div', { class: 'failure' }, h('p', {}, h('strong', {}, `${title}.`)), h('p', {}, detail));
}

/** The answer in one sentence, for those who listen. */
export function sentenceOf({ predictions, rejected }: PredictionAnswer): string {
  const classes = predictions.slice(0, 3).map(({ label, score }) => `${label} ${formatShare(score)}`);
  return `${rejected ? 'Unlike everything that was trained. ' : ''}${classes.join(', ')}.`;
}

function bar(label: string, score: number): HTMLElement {
  const track = h('span', { class: 'track', 'aria-hidden': 'true' }, h('span', {}));
  track.style.setProperty('--share', String(score));
  return h(
    'li',
    {},
    h('span', { class: 'label' }, label),
    h('span', { class: 'share' }, formatShare(score)),
    track,
  );
}

function line(name: string, ...value: readonly (Node | string)[]): readonly HTMLElement[] {
  return [h('dt', {}, name), h('dd', {}, ...value)];
}

function describeSent({ body, width, height, shrunkFrom, redrawn }: PreparedImage): string {
  const size = `${formatBytes(body.size)}, ${width} × ${height} px`;
  if (shrunkFrom !== null)
    return `${size}, shrunk here from ${shrunkFrom.width} × ${shrunkFrom.height} px and without its metadata`;
  return redrawn ? `${size}, redrawn here as a JPEG without metadata` : `${size}, the file as it is`;
}
