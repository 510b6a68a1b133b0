// Photos with what they were called, to be moved to the right class or deleted. After an action the focus goes to the
// list, since the button that had it leaves with its photo.
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { formatPercent } from '../../format.ts';
import type { OpenProject } from '../../project/open-project.ts';
import type { ClassId, ClassRecord } from '../../storage/schema.ts';
import { text } from '../../text/text.ts';
import type { HeldOutAnswer } from '../../training/trainer.ts';
import { classColour } from '../palette.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { deletePhoto, movePhoto } from './actions.ts';
import { Photo } from './photo.tsx';

const PAGE = 8;

export function PhotoList({
  open,
  answers,
  label,
  first = PAGE,
  extra,
}: {
  readonly open: OpenProject;
  readonly answers: readonly HeldOutAnswer[];
  /** What these photos are, for screen readers. */
  readonly label: string;
  /** How many are shown before more are asked for. */
  readonly first?: number;
  /** A further button for each. */
  readonly extra?: (answer: HeldOutAnswer) => ComponentChildren;
}) {
  const list = useRef<HTMLUListElement>(null);
  const [shown, setShown] = useState(first);
  const words = text.value.check.photos;
  const more = Math.min(PAGE, answers.length - shown);
  return (
    <>
      {answers.length === 0 && <p class="note">{words.none}</p>}
      <ul class="check-photos" ref={list} tabIndex={-1} aria-label={label}>
        {answers.slice(0, shown).map((answer) => (
          <PhotoItem
            key={answer.example}
            {...{ open, answer }}
            extra={extra?.(answer)}
            onDone={() => list.current?.focus()}
          />
        ))}
      </ul>
      {more > 0 && <Button onClick={() => setShown(shown + more)}>{words.more(more)}</Button>}
    </>
  );
}

function PhotoItem({
  open,
  answer,
  extra,
  onDone,
}: {
  readonly open: OpenProject;
  readonly answer: HeldOutAnswer;
  readonly extra: ComponentChildren;
  readonly onDone: () => void;
}) {
  const [moving, setMoving] = useState(false);
  const words = text.value.check.photos;
  const { classes } = open.project.value;
  const own = findClass(classes, answer.class);
  const called = findClass(classes, answer.predicted);
  if (own === undefined || called === undefined) return null;
  const right = own.id === called.id;
  const saying = sayCalled(answer, called);
  const move = (to: ClassRecord) => movePhoto(open, answer.example, to).then(onDone);
  return (
    <li class="check-photo">
      <Photo open={open} id={answer.example} alt={words.alt(own.name)} />
      <div class="check-photo-words">
        <ClassName record={own} />
        <p class="note">{saying}</p>
      </div>
      {!right && <Button onClick={() => move(called)}>{words.moveTo(called.name)}</Button>}
      {extra}
      <div class="check-photo-actions">
        <Button kind="quiet" onClick={() => setMoving(true)}>
          {words.move}
        </Button>
        <IconButton
          icon="trash"
          label={words.delete}
          onClick={() => deletePhoto(open, answer.example).then(onDone)}
        />
      </div>
      {moving && (
        <Dialog title={words.moveTitle} onClose={() => setMoving(false)}>
          <div class="check-targets">
            {classes
              .filter(({ id }) => id !== own.id)
              .map((to) => (
                <Button
                  key={to.id}
                  onClick={() => {
                    setMoving(false);
                    void move(to);
                  }}
                >
                  <ClassName record={to} />
                </Button>
              ))}
          </div>
        </Dialog>
      )}
    </li>
  );
}

/** What a photo was called, in words. */
export function sayCalled(answer: HeldOutAnswer, called: ClassRecord): string {
  const words = text.value.check.photos;
  const share = formatPercent(answer.confidence);
  return answer.class === called.id ? words.recognised(share) : words.called(called.name, share);
}

/** A class's name beside its colour. */
export function ClassName({ record }: { readonly record: ClassRecord }) {
  return (
    <span class="check-class-name">
      <span class="check-dot" style={{ background: classColour(record.colour) }} />
      <span>{record.name}</span>
    </span>
  );
}

/** @returns undefined when it was deleted */
export function findClass(classes: readonly ClassRecord[], id: ClassId): ClassRecord | undefined {
  return classes.find((record) => record.id === id);
}
