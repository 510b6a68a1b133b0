// The head that was kept and answers instead of the live one: where it is from, how good it was, and the way back.
import type { OpenProject } from '../../project/open-project.ts';
import { more } from '../../text/more.ts';
import { language, text } from '../../text/text.ts';
import { change } from '../check/actions.ts';
import { Accuracy } from '../check/headline.tsx';
import { AdaptedNote } from '../light/adapted-note.tsx';
import { Button } from '../parts/button.tsx';

export function KeptHead({ open }: { readonly open: OpenProject }) {
  const kept = open.kept.value;
  if (kept === null) return null;
  const words = more.value.deeper.kept;
  const { report, source, madeAt } = kept;
  const photos = report.examples.reduce((a, b) => a + b, 0);
  const when = new Intl.DateTimeFormat(language.value, { dateStyle: 'medium', timeStyle: 'short' }).format(
    madeAt,
  );
  const classes = report.examples.filter((count) => count > 0).length;
  return (
    <section class="card deeper-kept" aria-labelledby="deeper-kept">
      <h2 id="deeper-kept">{words.title}</h2>
      <p>
        {words.source[source](when)}{' '}
        {words.made(text.value.common.photos(photos), text.value.common.classes(classes))} {words.still}
      </p>
      <Accuracy report={report} unmeasured={more.value.deeper.result.unmeasured} />
      {kept.adapted === true ? (
        <AdaptedNote open={open} />
      ) : (
        <Button onClick={() => change(() => open.discardKept(), words.discarded)}>{words.discard}</Button>
      )}
    </section>
  );
}
