// Photos that came from outside, by the share target or a file handler: the person puts them into a class, or removes them.
import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useId, useMemo } from 'preact/hooks';
import { useApp } from '../../app.ts';
import { createOpenProject } from '../../project/create.ts';
import type { ImportReport } from '../../project/open-project.ts';
import type { ClassId, InboxRecord, ProjectId } from '../../storage/schema.ts';
import type { ProjectSummary } from '../../storage/storage.ts';
import { failureText } from '../../text/failure-text.ts';
import { text } from '../../text/text.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Progress } from '../parts/progress.tsx';
import { hrefOf } from '../router.ts';
import { showFailure, showToast } from '../toasts.ts';

/** The choice that makes a new one. */
const NEW = 'new';

export function InboxScreen() {
  const { storage } = useApp();
  const photos = useSignal<readonly InboxRecord[] | null>(null);
  const projects = useSignal<readonly ProjectSummary[]>([]);
  const refused = useSignal<ImportReport['refused']>([]);
  const failed = useComputed(() => location.hash.includes('?failed'));

  useEffect(() => {
    const load = async () => {
      [photos.value, projects.value] = await Promise.all([storage.inbox(), storage.projects()]);
    };
    void load();
    return storage.onChange(({ what }) => {
      if (what === 'inbox' || what === 'project') void load();
    });
  }, [storage, photos, projects]);

  const words = text.value.inbox;
  const list = photos.value;
  return (
    <div class="inbox">
      <h1>{words.title}</h1>
      {failed.value && <p class="caution">{words.failed}</p>}
      {refused.value.length > 0 && <Refused refused={refused.value} />}
      {list !== null && list.length === 0 && <p>{words.empty}</p>}
      {list !== null && list.length > 0 && (
        <>
          <p>{words.intro(list.length)}</p>
          <ul class="inbox-photos">
            {list.map((photo) => (
              <Photo key={photo.id} photo={photo} />
            ))}
          </ul>
          <Assign
            photos={list}
            projects={projects.value}
            onDone={(report) => {
              refused.value = report.refused;
            }}
          />
        </>
      )}
    </div>
  );
}

function Photo({ photo }: { readonly photo: InboxRecord }) {
  const { storage } = useApp();
  const url = useMemo(() => URL.createObjectURL(new Blob([photo.data], { type: photo.type })), [photo]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  const words = text.value.inbox;
  return (
    <li>
      <img src={url} alt={words.photo(photo.name)} loading="lazy" />
      <IconButton
        icon="close"
        label={`${words.remove}: ${photo.name}`}
        onClick={() => void storage.removeFromInbox(photo.id === undefined ? [] : [photo.id])}
      />
    </li>
  );
}

function Refused({ refused }: { readonly refused: ImportReport['refused'] }) {
  return (
    <div class="caution">
      <p>{text.value.inbox.refused(refused.length)}</p>
      <ul>
        {refused.map(({ name, error }) => (
          <li key={name}>
            <strong>{name}</strong>: {failureText(error).detail}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Assign({
  photos,
  projects,
  onDone,
}: {
  readonly photos: readonly InboxRecord[];
  readonly projects: readonly ProjectSummary[];
  readonly onDone: (report: ImportReport) => void;
}) {
  const { storage, trainer, createProject } = useApp();
  const project = useSignal<string>(projects[0]?.project.id ?? NEW);
  const of = useSignal<string>(NEW);
  const name = useSignal('');
  const progress = useSignal<readonly [done: number, of: number] | null>(null);
  const [projectId, classId, nameId] = [useId(), useId(), useId()];
  const chosen = projects.find((summary) => summary.project.id === project.value)?.project;
  const words = text.value.inbox;

  // Another classifier has other classes.
  useSignalEffect(() => {
    const known = projects.find((summary) => summary.project.id === project.value)?.project;
    of.value = known?.classes[0]?.id ?? NEW;
  });

  async function add(): Promise<void> {
    progress.value = [0, photos.length];
    const id = project.value === NEW ? await createProject() : (project.value as ProjectId);
    const open = await createOpenProject({ storage, trainer }, id);
    if (open === null) return;
    try {
      const [first] = open.project.value.classes;
      const wanted = name.value.trim();
      // A new classifier has empty classes: the first of them takes the name.
      if (project.value === NEW && first !== undefined && wanted !== '')
        await open.renameClass(first.id, wanted);
      const to =
        of.value !== NEW
          ? (of.value as ClassId)
          : project.value === NEW && first !== undefined
            ? first.id
            : await open.addClass(wanted === '' ? undefined : wanted);
      const files = photos.map((photo) => new File([photo.data], photo.name, { type: photo.type }));
      const report = await open.addFiles(to, files, {
        source: 'share',
        onProgress: (done, total) => {
          progress.value = [done, total];
        },
      });
      await storage.removeFromInbox(photos.flatMap((photo) => photo.id ?? []));
      const label = open.project.value.classes.find((one) => one.id === to)?.name ?? '';
      showToast(words.added(report.added, label));
      onDone(report);
      if (report.refused.length === 0)
        location.hash = hrefOf({ screen: 'project', project: id, tab: 'teach' });
    } finally {
      open.close();
    }
  }

  return (
    <form
      class="inbox-form"
      onSubmit={(event) => {
        event.preventDefault();
        void add()
          .catch((error: unknown) => showFailure(error))
          .finally(() => {
            progress.value = null;
          });
      }}
    >
      <label for={projectId}>{words.project}</label>
      <select
        id={projectId}
        value={project.value}
        onChange={({ currentTarget }) => {
          project.value = currentTarget.value;
        }}
      >
        {projects.map((summary) => (
          <option key={summary.project.id} value={summary.project.id}>
            {summary.project.title}
          </option>
        ))}
        <option value={NEW}>{words.newProject}</option>
      </select>
      <label for={classId}>{words.class}</label>
      <select
        id={classId}
        value={of.value}
        onChange={({ currentTarget }) => {
          of.value = currentTarget.value;
        }}
      >
        {chosen?.classes.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
        <option value={NEW}>{words.newClass}</option>
      </select>
      {of.value === NEW && (
        <>
          <label for={nameId}>{words.className}</label>
          <input
            id={nameId}
            value={name.value}
            maxLength={100}
            onInput={({ currentTarget }) => {
              name.value = currentTarget.value;
            }}
          />
        </>
      )}
      {progress.value !== null ? (
        <Progress label={words.adding(...progress.value)} done={progress.value[0]} of={progress.value[1]} />
      ) : (
        <div class="actions">
          <Button kind="primary" type="submit">
            {words.add(photos.length)}
          </Button>
          <Button
            kind="danger"
            onClick={() => void storage.removeFromInbox(photos.flatMap((photo) => photo.id ?? []))}
          >
            {words.removeAll}
          </Button>
        </div>
      )}
    </form>
  );
}
