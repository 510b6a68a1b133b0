// What the picture is taken for, laid over it, and told to screen readers now and then.
import { useSignalEffect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { text } from '../../text/text.ts';
import { topScore } from '../live.ts';
import { classColour } from '../palette.ts';
import { createSeldomSpeaker } from '../speak-seldom.ts';
import { toPercent } from './percent.ts';
import type { TeachSession } from './session.ts';

export function LiveCaption({ session }: { readonly session: TeachSession }) {
  const { live, open } = session;
  const speaker = useMemo(() => createSeldomSpeaker(), []);
  useEffect(() => () => speaker.stop(), [speaker]);
  useSignalEffect(() => {
    const said = spoken(session);
    if (said !== null) speaker.say(said);
  });
  const prediction = live.prediction.value;
  const top = topScore(live.scores.value);
  const words = text.value.teach.live;
  return (
    <>
      <ShotCount session={session} />
      {prediction !== null && top !== undefined && (
        <p class="live-caption">
          {prediction.rejected ? (
            words.unlike
          ) : (
            <>
              <span class="class-dot" style={{ '--class': colourOf(session, top.class) }} />
              <span class="live-name">
                {top.score < open.project.value.answers.threshold ? words.unsure(top.label) : top.label}
              </span>
              <span class="live-percent">{words.percent(toPercent(top.score))}</span>
            </>
          )}
        </p>
      )}
    </>
  );
}

/** The answer without its figure, which changes all the time; null while there is none. */
function spoken({ live, open }: TeachSession): string | null {
  const words = text.value.teach.live;
  const prediction = live.prediction.value;
  const top = topScore(prediction?.scores ?? []);
  if (prediction === null || top === undefined) return null;
  if (prediction.rejected) return words.unlike;
  return top.score < open.project.value.answers.threshold ? words.unsure(top.label) : top.label;
}

function colourOf({ open }: TeachSession, id: string | null): string {
  return classColour(open.project.value.classes.find((one) => one.id === id)?.colour ?? 9);
}

/** How many photos the burst that goes on has; each lets the frame light up. */
function ShotCount({ session }: { readonly session: TeachSession }) {
  const burst = session.shooter.burst.value;
  if (burst === null || burst.shot === 0) return null;
  return (
    <>
      <span key={burst.shot} class="shot-flash" />
      {burst.held && burst.shot > 1 && <p class="shot-count">{burst.shot}</p>}
    </>
  );
}
