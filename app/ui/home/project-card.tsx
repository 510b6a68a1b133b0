// One project on the home screen: its newest photos, its figures, and what can be done with it.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../../app.ts';
import { formatPercent } from '../../format.ts';
import type { ExampleId } from '../../storage/schema.ts';
import type { ProjectSummary } from '../../storage/storage.ts';
import { text } from '../../text/text.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { hrefOf } from '../router.ts';
import { showFailure, showToast } from '../toasts.ts';

export function ProjectCard({ summary }: { readonly summary: ProjectSummary }) {
  const menu = useSignal(false);
  const { project, examples, cover, synced } = summary;
  const accuracy = useAccuracy(summary);
  const words = text.value.home;
  const { common } = text.value;
  const badges = [
    ...(accuracy === null ? [] : [words.accuracy(formatPercent(accuracy))]),
    ...(synced !== null && synced.syncedAt !== null ? [words.synced] : []),
  ];
  return (
    <li class="project-card card">
      <a href={hrefOf({ screen: 'project', project: project.id, tab: 'teach' })}>
        <Cover ids={cover} />
        <span class="project-words">
          <span class="project-title">{project.title}</span>
          <span class="note">
            {common.classes(project.classes.length)}, {common.photos(examples)}
          </span>
          {badges.length > 0 && <span class="project-figures">{badges.join(' · ')}</span>}
        </span>
      </a>
      <IconButton
        icon="more"
        label={words.menu(project.title)}
        onClick={() => {
          menu.value = true;
        }}
      />
      {menu.value && (
        <Menu
          summary={summary}
          onClose={() => {
            menu.value = false;
          }}
        />
      )}
    </li>
  );
}

/** Held-out accuracy of the head that answers; null where it is not known. */
function useAccuracy({ project }: ProjectSummary): number | null {
  const { storage } = useApp();
  const accuracy = useSignal<number | null>(null);
  useEffect(() => {
    storage.answeringHead(project.id).then(
      (head) => {
        accuracy.value = head?.report.accuracy?.value ?? null;
      },
      () => {},
    );
  }, [storage, project.id, project.updatedAt]);
  return accuracy.value;
}

function Cover({ ids }: { readonly ids: readonly ExampleId[] }) {
  const { storage } = useApp();
  const urls = useSignal<readonly string[]>([]);
  const key = ids.join();
  useEffect(() => {
    let wanted = true;
    void Promise.all(ids.map((id) => storage.photo(id).catch(() => null))).then((photos) => {
      if (!wanted) return;
      urls.value = photos.flatMap((photo) =>
        photo === null ? [] : URL.createObjectURL(new Blob([photo.data], { type: photo.type })),
      );
    });
    return () => {
      wanted = false;
      for (const url of urls.peek()) URL.revokeObjectURL(url);
      urls.value = [];
    };
  }, [storage, key]);
  return (
    <span class="cover" data-count={urls.value.length} aria-hidden="true">
      {urls.value.length === 0 ? (
        <Icon name="leaf" />
      ) : (
        urls.value.map((url) => <img key={url} src={url} alt="" />)
      )}
    </span>
  );
}

function Menu({ summary, onClose }: { readonly summary: ProjectSummary; readonly onClose: () => void }) {
  const { storage } = useApp();
  const name = useSignal(summary.project.title);
  const { id, title } = summary.project;
  const words = text.value.home;
  const { common } = text.value;

  async function rename(): Promise<void> {
    const wanted = name.value.trim();
    if (wanted !== '' && wanted !== title)
      await storage.updateProject(id, (project) => ({ ...project, title: wanted, updatedAt: Date.now() }));
    onClose();
  }

  async function remove(): Promise<void> {
    const whole = await storage.deleteProject(id);
    showToast(words.deleted(title), {
      action: whole && {
        label: common.undo,
        run: () => void storage.putWholeProject(whole).catch(showFailure),
      },
    });
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          rename().catch(showFailure);
        }}
      >
        <label class="field">
          <span>{text.value.shell.renameLabel}</span>
          <input
            value={name.value}
            maxLength={100}
            onInput={({ currentTarget }) => {
              name.value = currentTarget.value;
            }}
          />
        </label>
        <div class="actions">
          <Button kind="primary" type="submit">
            {words.rename}
          </Button>
          <Button
            kind="danger"
            icon="trash"
            onClick={() => {
              onClose();
              remove().catch(showFailure);
            }}
          >
            {common.delete}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
