// One photo of the open project, by its object URL; a grey square while it is fetched, words when it is gone.
import { useEffect, useState } from 'preact/hooks';
import type { OpenProject } from '../../project/open-project.ts';
import type { ExampleId } from '../../storage/schema.ts';
import { text } from '../../text/text.ts';

export function Photo({
  open,
  id,
  alt,
}: {
  readonly open: OpenProject;
  readonly id: ExampleId;
  readonly alt: string;
}) {
  const [url, setUrl] = useState<string | null | undefined>(undefined);
  useEffect(() => {
    let wanted = true;
    setUrl(undefined);
    open.photoUrl(id).then(
      (found) => wanted && setUrl(found),
      () => wanted && setUrl(null),
    );
    return () => {
      wanted = false;
    };
  }, [open, id]);
  if (url === null) return <p class="check-photo-gone note">{text.value.check.photos.gone}</p>;
  return <img class="check-photo-image" src={url} alt={alt} decoding="async" />;
}
