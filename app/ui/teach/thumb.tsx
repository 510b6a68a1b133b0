// One photo, small, read from storage when it comes near to being seen.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { OpenProject } from '../../project/open-project.ts';
import type { ExampleId } from '../../storage/schema.ts';

export function Thumb({
  open,
  id,
}: {
  readonly open: Pick<OpenProject, 'photoUrl'>;
  readonly id: ExampleId;
}) {
  const ref = useRef<HTMLImageElement>(null);
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const image = ref.current;
    let gone = false;
    if (image === null) return;
    const load = () =>
      void open.photoUrl(id).then(
        (found) => gone || setUrl(found),
        // A photo that cannot be read stays an empty tile; whoever opens it is told.
        () => undefined,
      );
    const ignore = whenNear(image, load);
    return () => {
      gone = true;
      ignore();
    };
  }, [open, id]);
  // Decorative: what it is in carries the name.
  return (
    <img
      ref={ref}
      class="thumb"
      alt=""
      decoding="async"
      draggable={false}
      {...(url === null ? {} : { src: url })}
    />
  );
}

const waiting = new Map<Element, () => void>();
let observer: IntersectionObserver | null = null;

/** Calls back once, when the element is on the screen or a little outside of it. @returns forgets it */
function whenNear(element: Element, call: () => void): () => void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        waiting.get(target)?.();
        forget(target);
      }
    },
    { rootMargin: '200px' },
  );
  waiting.set(element, call);
  observer.observe(element);
  return () => forget(element);
}

function forget(element: Element): void {
  waiting.delete(element);
  observer?.unobserve(element);
}
