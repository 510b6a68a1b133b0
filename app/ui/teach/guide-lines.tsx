// One line about the model, while there is something to say, and one about what to do next.

import { useRef } from 'preact/hooks';
import { useApp } from '../../app.ts';
import { camera } from '../../camera/camera.ts';
import { failureText } from '../../text/failure-text.ts';
import { text } from '../../text/text.ts';
import { Button } from '../parts/button.tsx';
import { type ModelNote, modelNote, nextStep, type Step } from './guide.ts';
import { toPercent } from './percent.ts';
import type { TeachSession } from './session.ts';

export function GuideLines({ session }: { readonly session: TeachSession }) {
  return (
    <div class="guide">
      <NextStep session={session} />
      <Note session={session} />
    </div>
  );
}

function Note({ session }: { readonly session: TeachSession }) {
  const { trainer } = useApp();
  const { open } = session;
  const note = modelNote(trainer.status.value, open.learning.value, open.kept.value !== null);
  if (note === null) return null;
  const words = text.value.teach.model;
  switch (note.kind) {
    case 'kept':
      return (
        <div class="guide-note">
          <p class="note">{noteWords(note)}</p>
          <Button kind="quiet" onClick={() => void session.undoable(words.nowLive, () => open.discardKept())}>
            {words.useLive}
          </Button>
        </div>
      );
    default:
      return <p class="note">{noteWords(note)}</p>;
  }
}

function noteWords(note: ModelNote): string {
  const words = text.value.teach.model;
  switch (note.kind) {
    case 'learning':
      return words.learning(note.pending);
    case 'learning-failed':
      return `${words.learningFailed} ${failureText(note.error).detail}`;
    default:
      return words[note.kind];
  }
}

function NextStep({ session }: { readonly session: TeachSession }) {
  const { open, byClass, selected, shooter } = session;
  const before = useRef<Step | null>(null);
  const now = nextStep(
    open.project.value.classes,
    byClass.value,
    open.learning.value.live,
    selected.value?.id ?? null,
  );
  // Nothing moves under the eyes of someone who is shooting.
  const step = shooter.burst.value?.held ? before.current : now;
  before.current = step;
  if (step === null) return null;
  const goTo = 'class' in step && step.class.id !== selected.value?.id ? step.class : null;
  const strong = step.kind === 'first' || step.kind === 'second' || step.kind === 'next';
  return (
    <div class="guide-step">
      <p class={strong ? 'guide-now' : 'note'}>{stepWords(step)}</p>
      {goTo !== null && (
        <Button kind="quiet" onClick={() => session.select(goTo.id)}>
          {text.value.teach.guide.choose(goTo.name)}
        </Button>
      )}
    </div>
  );
}

function stepWords(step: Step): string {
  const words = text.value.teach.guide;
  switch (step.kind) {
    case 'no-class':
      return text.value.teach.classes.none;
    case 'first':
      return camera.state.value === 'on' ? words.first(step.class.name) : words.firstFiles(step.class.name);
    case 'second':
      return words.second(step.class.name);
    case 'next':
      return words.next(step.class.name);
    case 'few':
      return words.few(step.class.name, step.examples);
    case 'one-burst':
      return words.oneBurst(step.class.name);
    case 'weak':
      return words.weak(step.class.name);
    case 'confused':
      return words.confused(step.class.name, step.with.name);
    case 'outlook': {
      const now = words.now(toPercent(step.now));
      if (step.later === null) return now;
      const { more, low, high } = step.later;
      return `${now} ${words.outlook(more, toPercent(low), toPercent(high))}`;
    }
    default:
      return step satisfies never;
  }
}
