// What can be done with the picture: pause, take a still, choose a photo, show the evidence, full screen, settings.
import { type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { camera } from '../../camera/camera.ts';
import { text } from '../../text/text.ts';
import { Button, IconButton } from '../parts/button.tsx';

export function Controls({
  root,
  photo,
  paused,
  heat,
  onStill,
  onFile,
  onBack,
  onSettings,
}: {
  /** What full screen fills the screen with. */
  readonly root: RefObject<HTMLElement | null>;
  /** A still photo is shown, and not the camera. */
  readonly photo: boolean;
  readonly paused: Signal<boolean>;
  readonly heat: Signal<boolean>;
  readonly onStill: () => void;
  readonly onFile: (file: File) => void;
  readonly onBack: () => void;
  readonly onSettings: () => void;
}) {
  const words = text.value.use;
  const input = useRef<HTMLInputElement>(null);
  const on = camera.state.value === 'on';
  return (
    <div class="stage-controls">
      {photo ? (
        <Button kind="primary" icon="camera" onClick={onBack}>
          {words.back}
        </Button>
      ) : (
        <>
          <IconButton
            icon={paused.value ? 'play' : 'pause'}
            label={paused.value ? words.resume : words.pause}
            disabled={!on}
            onClick={() => {
              paused.value = !paused.value;
            }}
          />
          <IconButton icon="camera" label={words.still} disabled={!on} onClick={onStill} />
        </>
      )}
      <IconButton icon="image" label={words.choose} onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          event.currentTarget.value = '';
          if (file !== undefined) onFile(file);
        }}
      />
      <IconButton
        icon="heat"
        label={heat.value ? words.heatOff : words.heatOn}
        aria-pressed={heat.value}
        onClick={() => {
          heat.value = !heat.value;
        }}
      />
      <FullScreen root={root} />
      <IconButton icon="settings" label={words.settings.open} onClick={onSettings} />
    </div>
  );
}

/** Not on iPhones, where only videos can have the whole screen. */
function FullScreen({ root }: { readonly root: RefObject<HTMLElement | null> }) {
  const full = useSignal(false);
  useEffect(() => {
    const follow = () => {
      full.value = document.fullscreenElement !== null;
    };
    document.addEventListener('fullscreenchange', follow);
    return () => document.removeEventListener('fullscreenchange', follow);
  }, []);
  if (!document.fullscreenEnabled) return null;
  const words = text.value.use;
  return (
    <IconButton
      icon={full.value ? 'shrink' : 'expand'}
      label={full.value ? words.leaveFullScreen : words.fullScreen}
      onClick={() => void (full.value ? document.exitFullscreen() : root.current?.requestFullscreen())}
    />
  );
}
