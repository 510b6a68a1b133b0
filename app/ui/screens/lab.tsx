// The BatchNorm lab: one photo of one's own with several sets of batch-mates, through the four pairs of `trainable` and
// `training`; and what they mean, in words.
import { useRef } from 'preact/hooks';
import type { OpenProject } from '../../project/open-project.ts';
import { failureText } from '../../text/failure-text.ts';
import { more } from '../../text/more.ts';
import { text } from '../../text/text.ts';
import { announce } from '../announce.ts';
import { experimentOf } from '../lab/experiment.ts';
import { Explanation } from '../lab/explanation.tsx';
import { LEAST_PHOTOS } from '../lab/mates.ts';
import { LabOutcome } from '../lab/outcome.tsx';
import { Setup } from '../lab/setup.tsx';
import { verdictWords } from '../lab/words.ts';
import { BackLink } from '../parts/back-link.tsx';
import { Button } from '../parts/button.tsx';
import { Progress } from '../parts/progress.tsx';
import { hrefOf } from '../router.ts';

export function LabScreen({ open }: { readonly open: OpenProject }) {
  const words = more.value.lab;
  const project = open.project.value.id;
  const photos = open.examples.value.length;
  // A live head follows from them, if it is not here yet.
  const classes = new Set(open.examples.value.map((example) => example.class)).size;
  const lacks =
    classes < 2 ? words.needs.head : photos < LEAST_PHOTOS ? words.needs.photos(LEAST_PHOTOS, photos) : null;
  return (
    <div class="screen lab">
      <BackLink to={hrefOf({ screen: 'project', project, tab: 'deeper' })}>
        {text.value.common.tabs.deeper}
      </BackLink>
      <h1>{text.value.shell.titles.lab}</h1>
      <p class="lead">{words.lead}</p>
      {lacks === null ? (
        <Bench open={open} />
      ) : (
        <section class="card lab-needs">
          <p>{lacks}</p>
          <a class="button primary" href={hrefOf({ screen: 'project', project, tab: 'teach' })}>
            {words.needs.teach}
          </a>
        </section>
      )}
      <Explanation />
    </div>
  );
}

function Bench({ open }: { readonly open: OpenProject }) {
  const words = more.value.lab;
  const experiment = experimentOf(open);
  const state = experiment.run.state.value;
  const region = useRef<HTMLElement>(null);

  async function start(): Promise<void> {
    announce(words.progress.started);
    const over = experiment.start();
    requestAnimationFrame(() => region.current?.focus());
    await over;
    announce(endOf(open));
    // The button that stops has gone, and the focus with it.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) region.current?.focus({ preventScroll: true });
    });
  }

  return (
    <>
      <Setup open={open} experiment={experiment} locked={state.state === 'running'} />
      {state.state !== 'running' && (
        <div class="lab-start">
          <Button kind="primary" icon="play" onClick={() => void start()}>
            {state.state === 'none' ? words.run : words.again}
          </Button>
          <p class="note">{words.copy}</p>
        </div>
      )}
      {state.state !== 'none' && (
        <section class="lab-outcome" ref={region} tabIndex={-1} aria-label={words.result.title}>
          {state.state === 'running' && (
            <Progress
              label={
                state.done === null
                  ? words.progress.preparing
                  : words.progress.step(state.done.done, state.done.of)
              }
              done={state.done?.done ?? 0}
              of={state.done?.of ?? 0}
              onCancel={experiment.run.stop}
            />
          )}
          {state.state === 'stopped' && <p class="note">{words.progress.stopped}</p>}
          {state.state === 'failed' && <Failure error={state.error} />}
          {state.state === 'done' && <LabOutcome open={open} outcome={state.value} />}
        </section>
      )}
    </>
  );
}

function Failure({ error }: { readonly error: unknown }) {
  const { title, detail } = failureText(error);
  return (
    <div class="failure-note">
      <p>
        <strong>{title}</strong>
      </p>
      <p>{detail}</p>
    </div>
  );
}

/** What is said when it is over. */
function endOf(open: OpenProject): string {
  const state = experimentOf(open).run.state.peek();
  const words = more.peek().lab;
  if (state.state === 'stopped') return words.progress.stopped;
  if (state.state === 'failed') {
    console.error(state.error);
    return failureText(state.error).title;
  }
  const first = state.state === 'done' ? state.value.result.modes[0] : undefined;
  return first === undefined ? '' : verdictWords(first);
}
