// The project as a thing on this device: the space it takes, a second one like it, and its end.
import { useApp } from '../../app.ts';
import { formatBytes } from '../../format.ts';
import type { OpenProject } from '../../project/open-project.ts';
import { copyProject } from '../../storage/copy-project.ts';
import { text } from '../../text/text.ts';
import { Button } from '../parts/button.tsx';
import { go } from '../router.ts';
import { showFailure, showToast } from '../toasts.ts';
import { useProjectSize } from './project-size.ts';

export function ProjectSection({ open }: { readonly open: OpenProject }) {
  const { storage } = useApp();
  const words = text.value.keep.project;
  const { photos, features, heads } = useProjectSize(open);
  const { id, title } = open.project.value;

  async function run(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      showFailure(error);
    }
  }

  const duplicate = () =>
    run(async () => {
      const whole = await storage.wholeProject(id);
      if (whole === null) return;
      const copy = copyProject(whole, { title: words.copyOf(title), now: Date.now() });
      await storage.putWholeProject(copy);
      const to = { screen: 'project', project: copy.project.id, tab: 'teach' } as const;
      showToast(words.duplicated(copy.project.title), {
        action: { label: words.open, run: () => go(to) },
      });
    });

  const remove = () =>
    run(async () => {
      const whole = await storage.deleteProject(id);
      go({ screen: 'home' }, { replace: true });
      if (whole === null) return;
      const undo = async () => {
        await storage.putWholeProject(whole);
        showToast(words.restored(title));
      };
      showToast(words.deleted(title), {
        action: { label: text.value.common.undo, run: () => void run(undo) },
      });
    });

  return (
    <section class="card" aria-labelledby="keep-project">
      <h2 id="keep-project">{words.title}</h2>
      <p>
        {words.used(
          formatBytes(photos + features + heads),
          text.value.common.photos(open.examples.value.length),
        )}
      </p>
      <div class="actions">
        <Button icon="copy" onClick={duplicate}>
          {words.duplicate}
        </Button>
        <Button kind="danger" icon="trash" onClick={remove}>
          {words.delete}
        </Button>
      </div>
    </section>
  );
}
