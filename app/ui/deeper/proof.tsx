// That a fine-tuning left alone what was frozen: in a sentence, and with the digests that prove it.
import type { FrozenProof } from '../../../src/head/frozen-proof.ts';
import { shortDigest } from '../../format.ts';
import { more } from '../../text/more.ts';

export function Proof({
  proof: { frozenWeights, frozenStatistics, moved },
  below,
}: {
  readonly proof: FrozenProof;
  /** How many blocks lie below the line; 0: not known. */
  readonly below: number;
}) {
  const words = more.value.fineTune.proof;
  const facts = [
    [words.frozenWeights, <code key="weights">{shortDigest(frozenWeights)}</code>],
    [words.frozenStatistics, <code key="statistics">{shortDigest(frozenStatistics)}</code>],
    [words.movedLayers, moved.length === 0 ? words.none : moved.join(', ')],
  ] as const;
  return (
    <section class="tune-proof" aria-labelledby="tune-proof">
      <h3 id="tune-proof">{words.title}</h3>
      <p>
        {below > 0 && words.below(below)} {moved.length === 0 ? words.statistics : words.moved(moved.length)}
      </p>
      <details>
        <summary>{words.details}</summary>
        <dl class="tune-digests">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}
