// Files that are dropped on the page, or pasted: into the class they are dropped on, else the one that gets photos.
import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ClassId } from '../../storage/schema.ts';
import { droppedFiles } from './dropped-files.ts';
import type { TeachSession } from './session.ts';

/** @returns whether files are being dragged over the page */
export function useArrivingFiles({ importer, selected, attempt }: TeachSession): ReadonlySignal<boolean> {
  const dropping = useSignal(false);
  useEffect(() => {
    const ending = new AbortController();
    const { signal } = ending;
    const take = (event: Event, data: DataTransfer | null, to = selected.peek()?.id) => {
      if (data === null || !data.types.includes('Files') || to === undefined) return;
      event.preventDefault();
      void attempt(async () => importer.add(to, await droppedFiles(data)));
    };
    document.addEventListener('paste', (event) => take(event, event.clipboardData), { signal });
    document.addEventListener(
      'drop',
      (event) => {
        dropping.value = false;
        take(event, event.dataTransfer, classUnder(event.target));
      },
      { signal },
    );
    document.addEventListener(
      'dragover',
      (event) => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        dropping.value = true;
      },
      { signal },
    );
    document.addEventListener(
      'dragleave',
      (event) => {
        // Out of the window, and not from one element to the next.
        if (event.relatedTarget === null) dropping.value = false;
      },
      { signal },
    );
    return () => ending.abort();
  }, [importer, selected, attempt, dropping]);
  return dropping;
}

/** The class whose card something was dropped on. */
function classUnder(target: EventTarget | null): ClassId | undefined {
  const card = target instanceof Element ? target.closest('[data-class]') : null;
  return (card?.getAttribute('data-class') ?? undefined) as ClassId | undefined;
}
