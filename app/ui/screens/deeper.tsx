// Deeper: training the classic way, with every setting and live curves. Each way to train is a section of its own, below
// the head that was kept.
import type { OpenProject } from '../../project/open-project.ts';
import { more } from '../../text/more.ts';
import { Beyond } from '../deeper/beyond.tsx';
import { FineTuneSection } from '../deeper/fine-tune-section.tsx';
import { KeptHead } from '../deeper/kept-head.tsx';
import { SoftmaxSection } from '../deeper/softmax-section.tsx';
import { trainingsOf } from '../deeper/training.ts';

export function DeeperScreen({ open }: { readonly open: OpenProject }) {
  const words = more.value.deeper;
  const classes = new Set(open.examples.value.map((example) => example.class)).size;
  const busy = trainingsOf(open).busy.value;
  const notReady = classes < 2 ? words.form.notReady : busy ? words.form.busy : null;
  return (
    <div class="deeper">
      <h1>{words.title}</h1>
      <p>{words.intro}</p>
      <KeptHead open={open} />
      <SoftmaxSection {...{ open, notReady }} />
      <FineTuneSection {...{ open, notReady }} />
      <Beyond open={open} />
    </div>
  );
}
