// What can be done with a photo from the Check screen, each with a way back.
import { signal } from '@preact/signals';
import type { OpenProject, Undo } from '../../project/open-project.ts';
import type { ClassRecord, ExampleId } from '../../storage/schema.ts';
import { text } from '../../text/text.ts';
import { showFailure, showToast } from '../toasts.ts';

/** Photos of which a person said that their class is right; until the page is left. */
export const confirmed = signal<ReadonlySet<ExampleId>>(new Set());

export function confirmClass(id: ExampleId): void {
  confirmed.value = new Set([...confirmed.value, id]);
  showToast(text.value.check.suspects.kept, {
    action: {
      label: text.value.common.undo,
      run: () => {
        confirmed.value = new Set([...confirmed.value].filter((other) => other !== id));
      },
    },
  });
}

export function movePhoto(open: OpenProject, id: ExampleId, to: ClassRecord): Promise<void> {
  return change(() => open.moveExamples([id], to.id), text.value.check.photos.moved(to.name));
}

export function deletePhoto(open: OpenProject, id: ExampleId): Promise<void> {
  return change(() => open.deleteExamples([id]), text.value.check.photos.deleted);
}

/** Runs a change, says that it is done, and offers to take it back; a failure is said and does no harm. */
export async function change(run: () => Promise<Undo>, done: string): Promise<void> {
  await attempt(async () => {
    const undo = await run();
    showToast(done, { action: { label: text.value.common.undo, run: () => void attempt(undo) } });
  });
}

async function attempt(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    showFailure(error);
  }
}
