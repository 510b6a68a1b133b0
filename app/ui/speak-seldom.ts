// Tells screen readers of something that changes often: only what is new, and with a rest in between.
import { announce } from './announce.ts';

const REST_MS = 4_000;

export interface SeldomSpeaker {
  /** What holds now; said at once after a rest, else the latest when the rest is over. */
  say(words: string): void;
  stop(): void;
}

export function createSeldomSpeaker(restMs = REST_MS): SeldomSpeaker {
  let said = '';
  let latest = '';
  let timer: ReturnType<typeof setTimeout> | undefined;

  function speak(): void {
    timer = undefined;
    if (latest === said) return;
    said = latest;
    announce(said);
    timer = setTimeout(speak, restMs);
  }
  return {
    say: (words) => {
      latest = words;
      if (timer === undefined) speak();
    },
    stop: () => clearTimeout(timer),
  };
}
