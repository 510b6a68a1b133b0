// How often it is right, from how many photos, how they were held out, and when that flatters.
import { formatPercent, formatRange } from '../../format.ts';
import type { OpenProject } from '../../project/open-project.ts';
import { text } from '../../text/text.ts';
import type { Trained } from '../../training/trainer.ts';
import { hrefOf } from '../router.ts';
import type { Figures } from './figures.ts';

/** Held-out accuracy of a head in words: also of one that was trained in Deeper. */
export function Accuracy({
  report,
  unmeasured,
}: Pick<Trained, 'report'> & {
  /** What to say when nothing was held out. */
  readonly unmeasured: string;
}) {
  const words = text.value.check.headline;
  const { accuracy, heldOut } = report;
  if (accuracy === null) return <p>{unmeasured}</p>;
  const [low, high] = formatRange(accuracy.low, accuracy.high);
  return (
    <>
      <p class="check-accuracy">
        <strong>{formatPercent(accuracy.value)}</strong> {words.right}
      </p>
      <p>{words.interval(accuracy.n, low, high)}</p>
      <p class="note">{words[heldOut]}</p>
    </>
  );
}

export function Headline({ trained, figures }: { readonly trained: Trained; readonly figures: Figures }) {
  const words = text.value.check.headline;
  const { outlook, report } = trained;
  const [low, high] = formatRange(outlook?.low ?? 0, outlook?.high ?? 1);
  const single = figures.classes.filter(({ photos, takes }) => photos > 1 && takes === 1);
  const names = single.map(({ record }) => record.name);
  return (
    <section class="card check-headline">
      <Accuracy report={report} unmeasured={words.none} />
      {report.accuracy !== null && single.length > 0 && (
        <p class="caution">{words.oneBurst(text.value.common.list(names), single.length > 1)}</p>
      )}
      {outlook !== null && <p>{words.outlook(outlook.more, low, high)}</p>}
    </section>
  );
}

/** That the figures are not of the head that answers. */
export function KeptNote({ open }: { readonly open: OpenProject }) {
  const kept = open.kept.value;
  const words = text.value.check.kept;
  if (kept === null) return null;
  const { accuracy } = kept.report;
  return (
    <section class="caution">
      <h2>{words.title}</h2>
      <p>
        {words.words}{' '}
        {accuracy === null ? words.unknown : words.accuracy(formatPercent(accuracy.value), accuracy.n)}
      </p>
      <a href={hrefOf({ screen: 'project', project: open.project.value.id, tab: 'deeper' })}>{words.see}</a>
    </section>
  );
}
