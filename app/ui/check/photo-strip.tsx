// Photos close together; one opens to be moved or deleted.
import { useState } from 'preact/hooks';
import type { OpenProject } from '../../project/open-project.ts';
import type { ExampleId } from '../../storage/schema.ts';
import { text } from '../../text/text.ts';
import type { HeldOutAnswer } from '../../training/trainer.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Photo } from './photo.tsx';
import { ClassName, findClass, PhotoList, sayCalled } from './photo-list.tsx';

export function PhotoStrip({
  open,
  answers,
  label,
}: {
  readonly open: OpenProject;
  readonly answers: readonly HeldOutAnswer[];
  /** What these photos are. */
  readonly label: string;
}) {
  const [opened, setOpened] = useState<ExampleId | null>(null);
  const { classes } = open.project.value;
  return (
    <>
      <ul class="check-strip" aria-label={label}>
        {answers.map((answer) => {
          const own = findClass(classes, answer.class);
          const called = findClass(classes, answer.predicted);
          if (own === undefined || called === undefined) return null;
          return (
            <li key={answer.example}>
              <button type="button" class="check-strip-photo" onClick={() => setOpened(answer.example)}>
                <Photo open={open} id={answer.example} alt={text.value.check.photos.alt(own.name)} />
                <ClassName record={own} />
                <span class="note">{sayCalled(answer, called)}</span>
              </button>
            </li>
          );
        })}
      </ul>
      {opened !== null && (
        <Dialog title={label} onClose={() => setOpened(null)}>
          <PhotoList
            open={open}
            answers={answers.filter(({ example }) => example === opened)}
            label={label}
          />
        </Dialog>
      )}
    </>
  );
}
