// A class as a card: choose it, see how probable it is now, rename it in place, look at its newest photos.
import { useComputed, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ClassRecord, ExampleRecord } from '../../storage/schema.ts';
import { text } from '../../text/text.ts';
import { classColour } from '../palette.ts';
import { IconButton } from '../parts/button.tsx';
import { toPercent } from './percent.ts';
import type { TeachSession } from './session.ts';
import { Thumb } from './thumb.tsx';

/** Photos in the strip; the rest is one tap away. */
const STRIP_MOST = 24;
const NONE: readonly ExampleRecord[] = [];

export function ClassCard({ session, one }: { readonly session: TeachSession; readonly one: ClassRecord }) {
  const photos = useComputed(() => session.byClass.value.get(one.id) ?? NONE).value;
  const selected = useComputed(() => session.selected.value?.id === one.id).value;
  const renaming = useSignal(false);
  const words = text.value.teach.classes;
  return (
    <li
      class="class-card"
      data-class={one.id}
      data-selected={selected}
      style={{ '--class': classColour(one.colour) }}
    >
      <div class="class-row">
        {renaming.value ? (
          <NameField
            name={one.name}
            onDone={(name) => {
              renaming.value = false;
              if (name !== null && name !== one.name)
                void session.attempt(() => session.open.renameClass(one.id, name));
            }}
          />
        ) : (
          <button
            type="button"
            class="class-choose"
            aria-pressed={selected}
            onClick={() => session.select(one.id)}
          >
            <span class="class-dot" />
            <span class="class-name">{one.name}</span>
            {/* Else a screen reader makes one number of "Class 1" and "3 photos". */}
            <span class="visually-hidden">, </span>
            <span class="note">{text.value.common.photos(photos.length)}</span>
          </button>
        )}
        {selected && !renaming.value && (
          <IconButton
            icon="edit"
            label={`${words.rename}: ${one.name}`}
            onClick={() => {
              renaming.value = true;
            }}
          />
        )}
        <Percent session={session} one={one} />
        <IconButton
          icon="more"
          label={words.menu(one.name)}
          onClick={() => session.show({ kind: 'class', id: one.id })}
        />
      </div>
      <Bar session={session} one={one} />
      {photos.length > 0 && <Strip session={session} one={one} photos={photos} />}
    </li>
  );
}

function useScore(session: TeachSession, one: ClassRecord): number | null {
  return useComputed(() => session.live.scores.value.find((score) => score.class === one.id)?.score ?? null)
    .value;
}

function Bar({ session, one }: { readonly session: TeachSession; readonly one: ClassRecord }) {
  const score = useScore(session, one);
  return (
    <div class="class-bar" data-known={score !== null} aria-hidden="true">
      <div style={{ transform: `scaleX(${(score ?? 0).toFixed(3)})` }} />
    </div>
  );
}

function Percent({ session, one }: { readonly session: TeachSession; readonly one: ClassRecord }) {
  const score = useScore(session, one);
  return (
    <span class="class-percent">{score === null ? '' : text.value.teach.live.percent(toPercent(score))}</span>
  );
}

function NameField({
  name,
  onDone,
}: {
  readonly name: string;
  /** Null: leave it as it is. */
  readonly onDone: (name: string | null) => void;
}) {
  const ref = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useLayoutEffect(() => ref.current?.select(), []);
  const finish = (to: string | null) => {
    if (done.current) return;
    done.current = true;
    onDone(to);
  };
  return (
    <input
      ref={ref}
      class="class-field"
      aria-label={text.value.teach.classes.name}
      defaultValue={name}
      maxLength={100}
      enterkeyhint="done"
      autocomplete="off"
      onKeyDown={(event) => {
        if (event.key === 'Enter') finish(event.currentTarget.value);
        if (event.key === 'Escape') finish(null);
      }}
      onBlur={(event) => finish(event.currentTarget.value)}
    />
  );
}

function Strip({
  session,
  one,
  photos,
}: {
  readonly session: TeachSession;
  readonly one: ClassRecord;
  readonly photos: readonly ExampleRecord[];
}) {
  const words = text.value.teach.photos;
  const { open } = session;
  return (
    <ul class="strip" aria-label={words.title(one.name, photos.length)}>
      <li>
        <button
          type="button"
          class="strip-all"
          aria-label={words.allLabel(photos.length, one.name)}
          onClick={() => session.show({ kind: 'photos', id: one.id, photo: null })}
        >
          {words.all(photos.length)}
        </button>
      </li>
      {photos.slice(0, STRIP_MOST).map(({ id }, index) => (
        <li key={id}>
          <button
            type="button"
            class="strip-photo"
            aria-label={words.one(index + 1, photos.length, one.name)}
            onClick={() => session.show({ kind: 'photos', id: one.id, photo: id })}
          >
            <Thumb open={open} id={id} />
          </button>
        </li>
      ))}
    </ul>
  );
}
