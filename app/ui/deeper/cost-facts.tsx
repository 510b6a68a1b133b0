// What a fine-tuning costs on this device, before it begins.
import { MAX_HEAD_BYTES } from '../../../src/contract/limits.ts';
import { formatBytes } from '../../format.ts';
import { failureText } from '../../text/failure-text.ts';
import { more } from '../../text/more.ts';
import { language } from '../../text/text.ts';
import type { Cost } from './cost-meter.ts';

/** Whether the head could not be kept. */
export function isTooLarge(cost: Cost): boolean {
  return cost.state === 'known' && cost.cost.headBytes > MAX_HEAD_BYTES;
}

export function CostFacts({
  cost,
  unknown,
}: {
  readonly cost: Cost;
  /** Why nothing is measured. */
  readonly unknown: string;
}) {
  const words = more.value.fineTune.cost;
  return (
    <section class="stack" aria-labelledby="tune-cost" aria-busy={cost.state === 'measuring'}>
      <h3 id="tune-cost">{words.title}</h3>
      <div class="stack" role="status">
        <Facts {...{ cost, unknown }} />
      </div>
    </section>
  );
}

function Facts({ cost, unknown }: { readonly cost: Cost; readonly unknown: string }) {
  const words = more.value.fineTune.cost;
  switch (cost.state) {
    case 'none':
      return <p class="note">{unknown}</p>;
    case 'measuring':
      return <p class="note">{words.measuring}</p>;
    case 'failed': {
      const { title, detail } = failureText(cost.error);
      return (
        <p class="failure-note">
          {words.failed} {title}. {detail}
        </p>
      );
    }
    case 'known': {
      const { seconds, bytes, headBytes, parameters } = cost.cost;
      const facts = [
        [words.time, roughly(seconds)],
        [words.memory, formatBytes(bytes)],
        [words.file, formatBytes(headBytes)],
        [words.weights, compact(parameters)],
      ] as const;
      return (
        <>
          <dl>
            {facts.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          {isTooLarge(cost) && (
            <p class="caution">{words.tooLarge(formatBytes(headBytes), formatBytes(MAX_HEAD_BYTES))}</p>
          )}
        </>
      );
    }
    default:
      return cost satisfies never;
  }
}

/** A duration as one would guess it: nobody knows the seconds of minutes. */
function roughly(seconds: number): string {
  const words = more.value.fineTune.cost;
  if (seconds < 10) return words.seconds(String(Math.max(1, Math.round(seconds))));
  if (seconds < 90) return words.seconds(String(Math.round(seconds / 5) * 5));
  if (seconds < 5400) return words.minutes(String(Math.round(seconds / 60)));
  const hours = new Intl.NumberFormat(language.value, { maximumFractionDigits: 1 });
  return words.hours(hours.format(seconds / 3600));
}

function compact(count: number): string {
  return new Intl.NumberFormat(language.value, {
    notation: 'compact',
    compactDisplay: 'long',
    maximumSignificantDigits: 3,
  }).format(count);
}
