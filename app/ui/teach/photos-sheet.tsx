// The photos of a class: all of them, to select several; or one in full.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { ClassId, ExampleId, ExampleRecord } from '../../storage/schema.ts';
import { text } from '../../text/text.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { ClassSelect } from './class-select.tsx';
import { PhotoView } from './photo-view.tsx';
import type { TeachSession } from './session.ts';
import { Thumb } from './thumb.tsx';

/** How many tiles come at a time, so that a thousand photos open as fast as ten. */
const PAGE = 60;
const NONE: readonly ExampleRecord[] = [];

export function PhotosSheet({
  session,
  id,
  first,
}: {
  readonly session: TeachSession;
  readonly id: ClassId;
  /** Shown in full at once; null: all are shown. */
  readonly first: ExampleId | null;
}) {
  const viewed = useSignal(first);
  const picked = useSignal<ReadonlySet<ExampleId> | null>(null);
  const photos = session.byClass.value.get(id) ?? NONE;
  const { classes } = session.open.project.value;
  const name = classes.find((one) => one.id === id)?.name ?? '';
  const words = text.value.teach.photos;
  const close = () => session.show(null);

  const remove = (ids: readonly ExampleId[]) => {
    // The toast with undo lies below a dialog.
    close();
    void session.undoable(words.removed(ids.length), () => session.open.deleteExamples(ids));
  };
  const move = (ids: readonly ExampleId[], to: { readonly id: ClassId; readonly name: string }) => {
    close();
    void session.undoable(words.moved(ids.length, to.name), () => session.open.moveExamples(ids, to.id));
  };
  const acting = (ids: readonly ExampleId[]) => (
    <div class="photos-acting">
      <ClassSelect
        label={words.moveTo}
        action={words.move}
        classes={classes.filter((one) => one.id !== id)}
        disabled={ids.length === 0}
        onChoose={(to) => move(ids, to)}
      />
      <Button kind="danger" icon="trash" disabled={ids.length === 0} onClick={() => remove(ids)}>
        {text.value.common.delete}
      </Button>
    </div>
  );

  return (
    <Dialog title={words.title(name, photos.length)} onClose={close}>
      {viewed.value !== null ? (
        <>
          <PhotoView
            open={session.open}
            photos={photos}
            name={name}
            id={viewed.value}
            onShow={(next) => {
              viewed.value = next;
            }}
          />
          {acting([viewed.value])}
        </>
      ) : (
        <>
          <Grid
            session={session}
            photos={photos}
            name={name}
            picked={picked.value}
            onTap={(tapped) => {
              if (picked.value === null) viewed.value = tapped;
              else picked.value = toggled(picked.value, tapped);
            }}
          />
          {picked.value === null ? (
            photos.length > 0 && (
              <Button
                onClick={() => {
                  picked.value = new Set();
                }}
              >
                {words.select}
              </Button>
            )
          ) : (
            <>
              <div class="sheet-ways">
                <span role="status">{words.selected(picked.value.size)}</span>
                <Button
                  kind="quiet"
                  onClick={() => {
                    picked.value = new Set(photos.map((photo) => photo.id));
                  }}
                >
                  {words.selectAll}
                </Button>
                <Button
                  kind="quiet"
                  onClick={() => {
                    picked.value = null;
                  }}
                >
                  {text.value.common.cancel}
                </Button>
              </div>
              {acting([...picked.value])}
            </>
          )}
        </>
      )}
    </Dialog>
  );
}

function toggled(before: ReadonlySet<ExampleId>, id: ExampleId): ReadonlySet<ExampleId> {
  const after = new Set(before);
  if (!after.delete(id)) after.add(id);
  return after;
}

function Grid({
  session,
  photos,
  name,
  picked,
  onTap,
}: {
  readonly session: TeachSession;
  readonly photos: readonly ExampleRecord[];
  readonly name: string;
  /** Null: tapping shows a photo. */
  readonly picked: ReadonlySet<ExampleId> | null;
  readonly onTap: (id: ExampleId) => void;
}) {
  const words = text.value.teach.photos;
  const shown = useSignal(PAGE);
  const end = useRef<HTMLLIElement>(null);
  const isMore = photos.length > shown.value;
  useEffect(() => {
    if (!isMore || end.current === null) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) shown.value += PAGE;
    });
    observer.observe(end.current);
    return () => observer.disconnect();
    // A new page moves the end: looked at again, in case it is still in sight.
  }, [isMore, shown.value, shown]);
  if (photos.length === 0) return <p class="note">{words.empty}</p>;
  return (
    <ul class="photo-grid">
      {photos.slice(0, shown.value).map(({ id }, index) => (
        <li key={id}>
          <button
            type="button"
            class="grid-photo"
            aria-label={words.one(index + 1, photos.length, name)}
            aria-pressed={picked === null ? undefined : picked.has(id)}
            onClick={() => onTap(id)}
          >
            <Thumb open={session.open} id={id} />
          </button>
        </li>
      ))}
      {isMore && <li ref={end} class="grid-more" />}
    </ul>
  );
}
