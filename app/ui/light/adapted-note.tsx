// That the head that answers was adapted to a light, and the way back: one tap.
import type { OpenProject } from '../../project/open-project.ts';
import { more } from '../../text/more.ts';
import { change } from '../check/actions.ts';
import { Button } from '../parts/button.tsx';

export function AdaptedNote({ open }: { readonly open: OpenProject }) {
  if (open.kept.value?.adapted !== true) return null;
  const words = more.value.light;
  return (
    <p class="light-adapted">
      {words.adapted}
      <Button kind="quiet" onClick={() => void change(() => open.discardKept(), words.takenBack)}>
        {words.takeBack}
      </Button>
    </p>
  );
}
