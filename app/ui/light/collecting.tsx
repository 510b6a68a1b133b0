// The camera while frames are collected, what is still missing, and how far the head for them is.
import { camera } from '../../camera/camera.ts';
import { DeviceError } from '../../failure.ts';
import { formatPercent } from '../../format.ts';
import { failureText } from '../../text/failure-text.ts';
import { more } from '../../text/more.ts';
import { type Adapted, MAX_LIGHT_FRAMES } from '../../training/deeper.ts';
import { Button } from '../parts/button.tsx';
import { CameraPreview } from '../parts/camera-preview.tsx';
import { Icon } from '../parts/icon.tsx';
import { Progress } from '../parts/progress.tsx';
import type { RunState } from '../step-run.ts';
import type { Collector } from './collector.ts';
import { type Goal, type Goals, goalsOf } from './rules.ts';

export function Collecting({
  collector,
  classes,
  ready,
  state,
  onStart,
  onStop,
}: {
  readonly collector: Collector;
  /** How many the head knows. */
  readonly classes: number;
  /** The model is here. */
  readonly ready: boolean;
  readonly state: RunState<Adapted>;
  readonly onStart: () => void;
  readonly onStop: () => void;
}) {
  const words = more.value.light;
  const frames = collector.frames.value;
  const collecting = collector.state.value === 'collecting';
  const busy = collecting || state.state === 'running';
  const goals = goalsOf(frames, classes);
  const last = collecting ? frames.at(-1)?.top : undefined;
  return (
    <div class="light-stage">
      <div class="light-picture">
        <CameraPreview>
          {last && (
            <p class="big-answer">
              <strong>{last.label}</strong>
              <span>{formatPercent(last.score)}</span>
            </p>
          )}
        </CameraPreview>
      </div>
      <div class="light-side">
        {!busy && (
          <>
            <p>{words.lead}</p>
            <Reason {...{ state, goals }} ended={collector.state.value === 'ended'} />
          </>
        )}
        {collecting && (
          <Progress label={words.collecting} done={frames.length} of={MAX_LIGHT_FRAMES} onCancel={onStop} />
        )}
        {state.state === 'running' && (
          <Progress
            label={
              state.done === null
                ? words.progress.preparing
                : words.progress.step(state.done.done, state.done.of)
            }
            done={state.done?.done ?? 0}
            of={state.done?.of ?? 0}
            onCancel={onStop}
          />
        )}
        {!busy && camera.state.value === 'on' && (
          <div class="actions">
            <Button kind="primary" icon="play" disabled={!ready} onClick={onStart}>
              {collector.state.value === 'none' ? words.start : words.again}
            </Button>
            <p class="note">{ready ? words.hint : words.notReady}</p>
          </div>
        )}
        <GoalList goals={goals} />
      </div>
    </div>
  );
}

/** Why the last attempt came to nothing. */
function Reason({
  state,
  goals,
  ended,
}: {
  readonly state: RunState<Adapted>;
  readonly goals: Goals;
  readonly ended: boolean;
}) {
  if (state.state === 'stopped') return <p class="note">{more.value.light.progress.stopped}</p>;
  if (state.state === 'failed') return <Failure error={state.error} />;
  if (!ended || goals.met) return null;
  return (
    <Failure error={new DeviceError(goals.frames.met ? 'light_too_few_classes' : 'light_too_few_frames')} />
  );
}

function Failure({ error }: { readonly error: unknown }) {
  const { title, detail } = failureText(error);
  return (
    <div class="failure-note" role="alert">
      <p>
        <strong>{title}</strong>
      </p>
      <p>{detail}</p>
    </div>
  );
}

function GoalList({ goals: { frames, classes, seen } }: { readonly goals: Goals }) {
  const words = more.value.light;
  return (
    <div class="light-goals">
      <h2>{words.goal.title}</h2>
      <ul>
        <GoalItem goal={frames} words={words.goal.frames(frames.n, frames.least)} />
        <GoalItem goal={classes} words={words.goal.classes(classes.n, classes.least)} />
      </ul>
      {seen.size > 0 && <p class="note">{[...seen].map(([label, n]) => words.seen(label, n)).join(' · ')}</p>}
    </div>
  );
}

function GoalItem({ goal, words }: { readonly goal: Goal; readonly words: string }) {
  const { met, open } = more.value.light.goal;
  return (
    <li class={goal.met ? 'met' : undefined}>
      <span class="light-tick">{goal.met && <Icon name="check" />}</span>
      {words}
      <span class="visually-hidden">, {goal.met ? met : open}</span>
    </li>
  );
}
