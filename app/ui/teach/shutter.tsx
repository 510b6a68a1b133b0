// The shutter: a tap takes one photo, holding takes many, by finger, mouse, Space or Enter.
import { useEffect, useId } from 'preact/hooks';
import type { ClassRecord } from '../../storage/schema.ts';
import { text } from '../../text/text.ts';
import type { Shooter } from './shooter.ts';

const isShutterKey = (event: KeyboardEvent) => event.key === ' ' || event.key === 'Enter';

export function Shutter({
  shooter,
  to,
  on,
}: {
  readonly shooter: Shooter;
  readonly to: ClassRecord;
  /** Whether there is a picture to take. */
  readonly on: boolean;
}) {
  const words = text.value.teach.shutter;
  const help = useId();
  const press = () => shooter.press(to.id);
  const { release } = shooter;
  useReleaseOutside(release);
  useSpaceAnywhere({ press: on ? press : () => {}, release });
  useEffect(() => {
    if (!on) release();
  }, [on, release]);
  return (
    <>
      <button
        type="button"
        class="shutter"
        aria-label={words.label(to.name)}
        aria-describedby={help}
        title={on ? words.help : words.off}
        disabled={!on}
        data-held={shooter.burst.value?.held ?? false}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          press();
        }}
        onPointerUp={release}
        onPointerCancel={release}
        onLostPointerCapture={release}
        onContextMenu={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (!isShutterKey(event)) return;
          event.preventDefault();
          event.stopPropagation();
          if (!event.repeat) press();
        }}
        onKeyUp={(event) => {
          if (!isShutterKey(event)) return;
          event.preventDefault();
          release();
        }}
        onBlur={release}
        onClick={(event) => {
          // Without a pointer or a key: a screen reader, or a voice.
          if (event.detail !== 0) return;
          press();
          release();
        }}
      />
      <span id={help} class="visually-hidden">
        {on ? words.help : words.off}
      </span>
    </>
  );
}

/** A key or finger that is let go elsewhere must not shoot on. */
function useReleaseOutside(release: () => void): void {
  useEffect(() => {
    addEventListener('blur', release);
    document.addEventListener('visibilitychange', release);
    return () => {
      removeEventListener('blur', release);
      document.removeEventListener('visibilitychange', release);
      release();
    };
  }, [release]);
}

/** Space shoots wherever nothing else has the focus. */
function useSpaceAnywhere({
  press,
  release,
}: {
  readonly press: () => void;
  readonly release: () => void;
}): void {
  useEffect(() => {
    const isFree = (event: KeyboardEvent) =>
      event.key === ' ' &&
      (event.target === document.body || event.target === document.querySelector('main'));
    const down = (event: KeyboardEvent) => {
      if (!isFree(event)) return;
      event.preventDefault();
      if (!event.repeat) press();
    };
    const up = (event: KeyboardEvent) => {
      if (isFree(event)) release();
    };
    document.addEventListener('keydown', down);
    document.addEventListener('keyup', up);
    return () => {
      document.removeEventListener('keydown', down);
      document.removeEventListener('keyup', up);
    };
  }, [press, release]);
}
