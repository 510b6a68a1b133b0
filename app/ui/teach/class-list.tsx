// The classes: which gets photos, how probable each is now, its newest photos.
import { text } from '../../text/text.ts';
import { Button } from '../parts/button.tsx';
import { ClassCard } from './class-card.tsx';
import type { TeachSession } from './session.ts';

export function ClassList({ session }: { readonly session: TeachSession }) {
  const words = text.value.teach.classes;
  const { open } = session;
  return (
    <section class="teach-classes" aria-labelledby="teach-classes">
      <h2 id="teach-classes" class="visually-hidden">
        {words.title}
      </h2>
      <ol class="class-cards">
        {open.project.value.classes.map((one) => (
          <ClassCard key={one.id} session={session} one={one} />
        ))}
      </ol>
      <Button
        icon="plus"
        onClick={() => void session.attempt(async () => session.select(await open.addClass()))}
      >
        {words.add}
      </Button>
    </section>
  );
}
