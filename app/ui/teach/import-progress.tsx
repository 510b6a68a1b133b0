// Files on their way into a class, and those that could not be read.
import type { ImportReport } from '../../project/open-project.ts';
import { failureText } from '../../text/failure-text.ts';
import { text } from '../../text/text.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Progress } from '../parts/progress.tsx';
import type { TeachSession } from './session.ts';

export function ImportProgress({ session }: { readonly session: TeachSession }) {
  const { importer, open } = session;
  const importing = importer.importing.value;
  if (importing === null) return null;
  const words = text.value.teach.files;
  const { done, of, waiting, to } = importing;
  const name = open.project.value.classes.find(({ id }) => id === to)?.name ?? '';
  const more = waiting > 0 ? ` · ${words.waiting(waiting)}` : '';
  return (
    <Progress
      label={`${words.progress(done, of, name)}${more}`}
      done={done}
      of={of}
      onCancel={importer.cancel}
    />
  );
}

export function RefusedSheet({
  session,
  report,
}: {
  readonly session: TeachSession;
  readonly report: ImportReport;
}) {
  const { added, refused } = report;
  const words = text.value.teach.files;
  return (
    <Dialog title={words.refused(refused.length)} onClose={() => session.show(null)}>
      {added > 0 && <p>{words.refusedIntro}</p>}
      <ul class="refused">
        {refused.map(({ name, error }, index) => (
          <li key={`${index} ${name}`}>
            <strong>{name}</strong>
            <span class="note">{failureText(error).detail}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
