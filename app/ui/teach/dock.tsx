// What the thumb reaches: photos from files, the shutter, and which class gets them.
import { useRef } from 'preact/hooks';
import { camera } from '../../camera/camera.ts';
import { text } from '../../text/text.ts';
import { classColour } from '../palette.ts';
import { Icon } from '../parts/icon.tsx';
import type { TeachSession } from './session.ts';
import { Shutter } from './shutter.tsx';

export function Dock({ session }: { readonly session: TeachSession }) {
  const to = session.selected.value;
  if (to === undefined) return null;
  return (
    <div class="teach-dock" style={{ '--class': classColour(to.colour) }}>
      <PickFiles session={session} />
      <Shutter shooter={session.shooter} to={to} on={camera.state.value === 'on'} />
      <p class="dock-class">
        <span class="note">{text.value.teach.shutter.into}</span>
        <span class="dock-name">{to.name}</span>
        <Saved session={session} />
      </p>
    </div>
  );
}

/** Only what storage has confirmed is called saved. */
function Saved({ session }: { readonly session: TeachSession }) {
  const words = text.value.teach.shutter;
  const burst = session.shooter.burst.value;
  const to = session.selected.value;
  if (burst === null || burst.to !== to?.id || burst.shot === 0) return null;
  const waiting = burst.shot - burst.stored - burst.failed;
  return (
    <span class="note dock-saved">
      {!burst.held && waiting > 0 ? words.saving(waiting) : words.saved(burst.stored)}
    </span>
  );
}

function PickFiles({ session }: { readonly session: TeachSession }) {
  const words = text.value.teach.files;
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept="image/*"
        multiple
        hidden
        onChange={(event) => {
          const { files } = event.currentTarget;
          const to = session.selected.peek()?.id;
          if (files !== null && files.length > 0 && to !== undefined) session.importer.add(to, [...files]);
          // The same files can be chosen again.
          event.currentTarget.value = '';
        }}
      />
      <button
        type="button"
        class="dock-files"
        aria-label={words.add}
        title={words.add}
        onClick={() => input.current?.click()}
      >
        <Icon name="image" />
        <span aria-hidden="true">{words.short}</span>
      </button>
    </>
  );
}
