// A fine-tuning that a closed tab or a crash broke off: to go on with, or to be forgotten.
import type { OpenProject } from '../../project/open-project.ts';
import { more } from '../../text/more.ts';
import { language } from '../../text/text.ts';
import { Button } from '../parts/button.tsx';
import { showFailure, showToast } from '../toasts.ts';
import { Curves } from './curves.tsx';

type Broken = NonNullable<OpenProject['brokenOff']['value']>;

export function BrokenOffCard({
  open,
  broken: { settings, progress, savedAt },
  disabled,
  onResume,
}: {
  readonly open: OpenProject;
  readonly broken: Broken;
  readonly disabled: boolean;
  readonly onResume: () => void;
}) {
  const words = more.value.fineTune.brokenOff;
  const forget = () => open.forgetBrokenOff().then(() => showToast(words.forgotten), showFailure);
  return (
    <section class="tune-broken" aria-labelledby="tune-broken">
      <h3 id="tune-broken">{words.title}</h3>
      <p>{words.words(progress.at(-1)?.epoch ?? 0, settings.epochs, momentOf(savedAt, Date.now()))}</p>
      <div class="deeper-choice">
        <Button kind="primary" icon="play" disabled={disabled} onClick={onResume}>
          {words.resume}
        </Button>
        <Button onClick={() => void forget()}>{words.forget}</Button>
      </div>
      <Curves progress={progress} epochs={settings.epochs} />
    </section>
  );
}

/** The time of today or yesterday, else the date with it. */
function momentOf(at: number, now: number): string {
  const words = more.value.fineTune.brokenOff;
  const time = new Intl.DateTimeFormat(language.value, { timeStyle: 'short' }).format(at);
  const day = (ms: number) => new Date(ms).setHours(0, 0, 0, 0);
  const days = Math.round((day(now) - day(at)) / 86_400_000);
  if (days === 0) return words.today(time);
  if (days === 1) return words.yesterday(time);
  return new Intl.DateTimeFormat(language.value, { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}
