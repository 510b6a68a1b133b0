// The answer to what the lab asks, in words, with Keras's terms; and where the table of the four pairs is.
import { more } from '../../text/more.ts';
import { Coded } from '../parts/coded.tsx';
import { LinkRows } from '../parts/link-rows.tsx';
import { hrefOf } from '../router.ts';

export function Explanation() {
  const words = more.value.lab.explain;
  return (
    <section class="lab-explain" aria-labelledby="lab-explain">
      <h2 id="lab-explain">{words.title}</h2>
      {[words.trainable, words.training, words.rule, words.stock].map((paragraph) => (
        <p key={paragraph}>
          <Coded words={paragraph} />
        </p>
      ))}
      <LinkRows links={[{ to: hrefOf({ screen: 'trunk' }), words: words.table }]} />
    </section>
  );
}
