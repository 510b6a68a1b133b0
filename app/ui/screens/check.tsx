// Check: how well the live head does on photos that it had not seen, and what stands in its way.
import { useComputed } from '@preact/signals';
import type { OpenProject } from '../../project/open-project.ts';
import { text } from '../../text/text.ts';
import { confirmClass, confirmed } from '../check/actions.ts';
import { figuresOf } from '../check/figures.ts';
import { Headline, KeptNote } from '../check/headline.tsx';
import { Matrix } from '../check/matrix.tsx';
import { PhotoList } from '../check/photo-list.tsx';
import { PhotoStrip } from '../check/photo-strip.tsx';
import { Recall } from '../check/recall.tsx';
import { Button } from '../parts/button.tsx';
import { hrefOf } from '../router.ts';

/** Photos with buttons are tall: few at a time. */
const SUSPECTS = 4;
const DOUBTFUL = 12;

export function CheckScreen({ open }: { readonly open: OpenProject }) {
  const words = text.value.check;
  const figures = useComputed(() => {
    const { live } = open.learning.value;
    return live && figuresOf(live, open.project.value.classes, open.examples.value);
  }).value;
  const { live } = open.learning.value;
  return (
    <div class="check">
      <h1>{words.title}</h1>
      <Progress open={open} />
      <KeptNote open={open} />
      {live === null || figures === null ? (
        <Empty open={open} />
      ) : (
        <>
          <Headline trained={live} figures={figures} />
          <Recall figures={figures} />
          {live.heldOut.length > 0 && (
            <>
              <Matrix {...{ open, figures }} />
              <Suspects {...{ open, figures }} />
              <Doubtful {...{ open, figures }} />
            </>
          )}
        </>
      )}
    </div>
  );
}

interface Parts {
  readonly open: OpenProject;
  readonly figures: ReturnType<typeof figuresOf>;
}

function Suspects({ open, figures }: Parts) {
  const words = text.value.check.suspects;
  const suspects = figures.suspects.filter(({ example }) => !confirmed.value.has(example));
  return (
    <section class="card" aria-labelledby="check-suspects">
      <h2 id="check-suspects">{words.title}</h2>
      <p class="note">{suspects.length === 0 ? words.none : words.hint}</p>
      {suspects.length > 0 && (
        <PhotoList
          {...{ open, answers: suspects, label: words.title, first: SUSPECTS }}
          extra={({ example }) => <Button onClick={() => confirmClass(example)}>{words.keep}</Button>}
        />
      )}
    </section>
  );
}

function Doubtful({ open, figures }: Parts) {
  const words = text.value.check.doubtful;
  const suspects = new Set(figures.suspects.map(({ example }) => example));
  const doubtful = figures.doubtful.filter(({ example }) => !suspects.has(example)).slice(0, DOUBTFUL);
  if (doubtful.length === 0) return null;
  return (
    <section class="card" aria-labelledby="check-doubtful">
      <h2 id="check-doubtful">{words.title}</h2>
      <p class="note">{words.hint}</p>
      <PhotoStrip {...{ open, answers: doubtful, label: words.title }} />
    </section>
  );
}

function Progress({ open }: { readonly open: OpenProject }) {
  const words = text.value.check;
  const { pending, fitting, error } = open.learning.value;
  if (error !== null && error !== undefined) return <p class="failure-note">{words.failed}</p>;
  if (pending > 0) return <p class="note">{words.learning(pending)}</p>;
  return fitting ? <p class="note">{words.fitting}</p> : null;
}

function Empty({ open }: { readonly open: OpenProject }) {
  const words = text.value.check.empty;
  const taught = new Set(open.examples.value.map((example) => example.class)).size;
  if (taught >= 2) return <p>{words.waiting}</p>;
  return (
    <section class="card check-empty">
      <h2>{words.title}</h2>
      <p>{words.words}</p>
      <a
        class="button primary"
        href={hrefOf({ screen: 'project', project: open.project.value.id, tab: 'teach' })}
      >
        {words.teach}
      </a>
    </section>
  );
}
