// What can be changed about a class.
import { useSignal } from '@preact/signals';
import type { ClassId } from '../../storage/schema.ts';
import { text } from '../../text/text.ts';
import { CLASS_COLOURS, classColour } from '../palette.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { ClassSelect } from './class-select.tsx';
import type { TeachSession } from './session.ts';

export function ClassSheet({ session, id }: { readonly session: TeachSession; readonly id: ClassId }) {
  const { open } = session;
  const { classes } = open.project.value;
  const index = classes.findIndex((one) => one.id === id);
  const one = classes[index];
  const name = useSignal(one?.name ?? '');
  const close = () => session.show(null);
  if (one === undefined) return null;
  const words = text.value.teach.classes;
  const photos = session.byClass.value.get(id)?.length ?? 0;
  return (
    <Dialog title={one.name} onClose={close}>
      <form
        class="sheet-field"
        onSubmit={(event) => {
          event.preventDefault();
          void session.attempt(() => open.renameClass(id, name.value)).then((went) => went && close());
        }}
      >
        <label>
          <span>{words.name}</span>
          <input
            value={name.value}
            maxLength={100}
            autocomplete="off"
            onInput={(event) => {
              name.value = event.currentTarget.value;
            }}
          />
        </label>
        <Button type="submit" disabled={name.value.trim() === '' || name.value === one.name}>
          {words.rename}
        </Button>
      </form>
      <fieldset class="swatches">
        <legend>{words.colour}</legend>
        {Array.from({ length: CLASS_COLOURS }, (_, colour) => (
          <label key={colour} style={{ '--class': classColour(colour) }}>
            <input
              type="radio"
              name="class-colour"
              aria-label={words.colourName[colour] ?? ''}
              checked={one.colour % CLASS_COLOURS === colour}
              onChange={() => void session.attempt(() => open.recolourClass(id, colour))}
            />
            <span class="swatch" title={words.colourName[colour]} />
          </label>
        ))}
      </fieldset>
      {classes.length > 1 && (
        <>
          <div class="sheet-ways">
            <Button
              disabled={index === 0}
              onClick={() => void session.attempt(() => open.moveClass(id, index - 1))}
            >
              {words.earlier}
            </Button>
            <Button
              disabled={index === classes.length - 1}
              onClick={() => void session.attempt(() => open.moveClass(id, index + 1))}
            >
              {words.later}
            </Button>
          </div>
          <ClassSelect
            label={words.mergeInto}
            action={words.mergeDo}
            classes={classes.filter((other) => other.id !== id)}
            onChoose={(into) => {
              close();
              void session.undoable(words.merged(one.name, into.name), () => open.mergeClass(id, into.id));
              session.select(into.id);
            }}
          />
        </>
      )}
      <Button
        kind="danger"
        icon="trash"
        onClick={() => {
          close();
          void session.undoable(words.removed(one.name, photos), () => open.deleteClass(id));
        }}
      >
        {words.remove}
      </Button>
    </Dialog>
  );
}
