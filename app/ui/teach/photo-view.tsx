// One photo in full, with the way to its neighbours, by buttons and arrow keys.
import { useEffect, useState } from 'preact/hooks';
import type { OpenProject } from '../../project/open-project.ts';
import type { ExampleId, ExampleRecord } from '../../storage/schema.ts';
import { text } from '../../text/text.ts';
import { Button, IconButton } from '../parts/button.tsx';

export function PhotoView({
  open,
  photos,
  name,
  id,
  onShow,
}: {
  readonly open: Pick<OpenProject, 'photoUrl'>;
  /** Newest first. */
  readonly photos: readonly ExampleRecord[];
  readonly name: string;
  readonly id: ExampleId;
  /** Null: all of them. */
  readonly onShow: (id: ExampleId | null) => void;
}) {
  const words = text.value.teach.photos;
  const index = photos.findIndex((photo) => photo.id === id);
  const newer = photos[index - 1]?.id;
  const older = photos[index + 1]?.id;
  const url = usePhoto(open, id);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLSelectElement) return;
      const to = event.key === 'ArrowLeft' ? newer : event.key === 'ArrowRight' ? older : undefined;
      if (to !== undefined) onShow(to);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [newer, older, onShow]);
  return (
    <div class="photo-view">
      <div class="photo-frame">
        {url === null && <p class="note">{words.gone}</p>}
        {typeof url === 'string' && <img src={url} alt={words.one(index + 1, photos.length, name)} />}
      </div>
      <div class="photo-ways">
        <IconButton
          icon="back"
          label={words.previous}
          disabled={newer === undefined}
          onClick={() => newer !== undefined && onShow(newer)}
        />
        <Button kind="quiet" onClick={() => onShow(null)}>
          {words.backToAll}
        </Button>
        <IconButton
          icon="chevron"
          label={words.next}
          disabled={older === undefined}
          onClick={() => older !== undefined && onShow(older)}
        />
      </div>
    </div>
  );
}

/** Undefined while it is being read, null when it is gone. */
function usePhoto(open: Pick<OpenProject, 'photoUrl'>, id: ExampleId): string | null | undefined {
  const [photo, setPhoto] = useState<{ readonly id: ExampleId; readonly url: string | null } | null>(null);
  useEffect(() => {
    let late = false;
    void open
      .photoUrl(id)
      .catch(() => null)
      .then((url) => late || setPhoto({ id, url }));
    return () => {
      late = true;
    };
  }, [open, id]);
  return photo?.id === id ? photo.url : undefined;
}
