// What a BatchNorm layer does under each pair of the two flags, as the code itself decides it.
import { batchNormMode } from '../../../src/trunk/batch-norm.ts';
import { more } from '../../text/more.ts';

const FLAGS = [true, false].flatMap((trainable) =>
  [true, false].map((training) => ({ trainable, training })),
);

export function ModeTable() {
  const words = more.value.trunk.modes;
  const yesNo = (value: boolean) => (value ? words.yes : words.no);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no pointer scrolls it with the arrow keys.
    <section class="table-scroll" tabIndex={0} aria-label={words.caption}>
      <table class="trunk-modes">
        <thead>
          <tr>
            <th scope="col">{words.trainable}</th>
            <th scope="col">{words.training}</th>
            <th scope="col">{words.normalised}</th>
            <th scope="col">{words.statistics}</th>
            <th scope="col">{words.weights}</th>
          </tr>
        </thead>
        <tbody>
          {FLAGS.map((flags) => {
            const { normalizeBy, movesStatistics, learns } = batchNormMode(flags);
            return (
              <tr key={`${flags.trainable} ${flags.training}`} class={normalizeBy}>
                <td>{yesNo(flags.trainable)}</td>
                <td>{yesNo(flags.training)}</td>
                <td>{normalizeBy === 'batch' ? words.batch : words.stored}</td>
                <td>{movesStatistics ? words.move : words.stay}</td>
                <td>{learns ? words.learn : words.stay}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
