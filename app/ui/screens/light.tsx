// Adapt to this light: a few seconds of unlabelled frames, a head for their light, what it says before and after, and
// the choice to use it. Leaving the screen forgets the frames.
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { useApp } from '../../app.ts';
import { camera } from '../../camera/camera.ts';
import type { OpenProject } from '../../project/open-project.ts';
import { more } from '../../text/more.ts';
import { text } from '../../text/text.ts';
import type { Adapted } from '../../training/deeper.ts';
import { announce } from '../announce.ts';
import { change } from '../check/actions.ts';
import { AdaptedNote } from '../light/adapted-note.tsx';
import { Collecting } from '../light/collecting.tsx';
import { createCollector, type Pace } from '../light/collector.ts';
import { Result } from '../light/result.tsx';
import { goalsOf } from '../light/rules.ts';
import { BackLink } from '../parts/back-link.tsx';
import { hrefOf } from '../router.ts';
import { createStepRun } from '../step-run.ts';
import { showFailure } from '../toasts.ts';

export function LightScreen({ open, pace }: { readonly open: OpenProject; readonly pace?: Pace }) {
  const words = more.value.light;
  const project = open.project.value.id;
  const classes = new Set(open.examples.value.map((example) => example.class)).size;
  const head = open.kept.value ?? open.learning.value.live;
  return (
    <div class="screen light">
      <BackLink to={hrefOf({ screen: 'project', project, tab: 'use' })}>
        {text.value.common.tabs.use}
      </BackLink>
      <h1>{text.value.shell.titles.light}</h1>
      <AdaptedNote open={open} />
      {classes < 2 ? (
        <section class="card light-needs">
          <p>{words.needs.head}</p>
          <a class="button primary" href={hrefOf({ screen: 'project', project, tab: 'teach' })}>
            {words.needs.teach}
          </a>
        </section>
      ) : (
        <Session open={open} classes={head?.classes.length ?? classes} pace={pace} />
      )}
    </div>
  );
}

function Session({
  open,
  classes,
  pace,
}: {
  readonly open: OpenProject;
  readonly classes: number;
  readonly pace: Pace | undefined;
}) {
  const { trainer } = useApp();
  const words = more.value.light;
  const region = useRef<HTMLElement>(null);
  const run = useMemo(() => createStepRun<Adapted>(), [open]);
  const collector = useMemo(
    () =>
      createCollector({
        ...{ camera, trainer, open, pace },
        isEnough: (frames) => goalsOf(frames, classes).met,
      }),
    [open, classes],
  );
  useEffect(
    () => () => {
      collector.clear();
      run.clear();
    },
    [collector, run],
  );

  async function begin(): Promise<void> {
    await work().catch(showFailure);
    // The button that stops has gone, and the focus with it.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) region.current?.focus({ preventScroll: true });
    });
  }

  /** Frames first; when there are enough, the head for them. */
  async function work(): Promise<void> {
    run.clear();
    announce(words.started);
    await collector.start();
    const frames = collector.frames.peek();
    if (!goalsOf(frames, classes).met) return;
    announce(words.enough);
    await run.start(async (hooks) =>
      open.adapt(await Promise.all(frames.map(({ blob }) => blob.arrayBuffer())), hooks),
    );
    const end = run.state.peek();
    if (end.state === 'done') announce(words.progress.done);
    if (end.state === 'stopped') announce(words.progress.stopped);
    // Its words are an alert.
    if (end.state === 'failed') console.error(end.error);
  }

  function leave(): void {
    collector.clear();
    run.clear();
    requestAnimationFrame(() => region.current?.focus());
  }

  const state = run.state.value;
  return (
    <section class="light-session" ref={region} tabIndex={-1} aria-label={text.value.shell.titles.light}>
      {state.state === 'done' ? (
        <Result
          adapted={state.value}
          frames={collector.frames.value}
          live={open.learning.value.live}
          onKeep={() => {
            const candidate = { trained: state.value.trained };
            void change(async () => {
              const undo = await open.keep(candidate);
              leave();
              return undo;
            }, words.result.kept);
          }}
          onDiscard={() => {
            leave();
            announce(words.result.discarded);
          }}
        />
      ) : (
        <Collecting
          {...{ collector, classes, state }}
          ready={trainer.status.value.state === 'ready'}
          onStart={() => void begin()}
          onStop={() => (collector.state.peek() === 'collecting' ? collector.stop() : run.stop())}
        />
      )}
    </section>
  );
}
