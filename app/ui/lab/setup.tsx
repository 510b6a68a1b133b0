// What the experiment is made with: the photo, and its sets of batch-mates.
import { useSignal } from '@preact/signals';
import type { OpenProject } from '../../project/open-project.ts';
import type { ExampleId, ExampleRecord } from '../../storage/schema.ts';
import { more } from '../../text/more.ts';
import { text } from '../../text/text.ts';
import { announce } from '../announce.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Thumb } from '../teach/thumb.tsx';
import type { Experiment } from './experiment.ts';

/** Photos of each class to choose from, the newest. */
const CHOICE = 12;
/** Of those that the live head is least sure of. */
const DOUBTFUL = 6;

export function Setup({
  open,
  experiment,
  locked,
}: {
  readonly open: OpenProject;
  readonly experiment: Experiment;
  /** It runs: nothing can be changed. */
  readonly locked: boolean;
}) {
  const words = more.value.lab;
  const choosing = useSignal(false);
  const photo = experiment.photo.value;
  if (photo === undefined) return null;
  return (
    <section class="card lab-setup" aria-labelledby="lab-photo">
      <div class="lab-photo">
        <h2 id="lab-photo">{words.photo.title}</h2>
        <div class="lab-chosen">
          <Thumb open={open} id={photo.id} />
          <div class="stack">
            <p>{words.photo.of(nameOf(open, photo))}</p>
            <Button
              disabled={locked}
              onClick={() => {
                choosing.value = true;
              }}
            >
              {words.photo.choose}
            </Button>
          </div>
        </div>
      </div>
      <div class="lab-sets">
        <h2>{words.mates.title}</h2>
        <p class="note">{words.mates.hint}</p>
        <dl>
          {experiment.sets.value.map(({ kind, photos }) => (
            <div key={kind}>
              <dt>{words.mates[kind]}</dt>
              <dd>
                <Mates open={open} photos={photos} />
              </dd>
            </div>
          ))}
        </dl>
        <Button
          disabled={locked}
          onClick={() => {
            experiment.shuffle();
            announce(words.mates.shuffled);
          }}
        >
          {words.mates.shuffle}
        </Button>
      </div>
      {choosing.value && (
        <ChoosePhoto
          open={open}
          chosen={photo.id}
          onChoose={experiment.choose}
          onClose={() => {
            choosing.value = false;
          }}
        />
      )}
    </section>
  );
}

/** A set of photos in small, with a name that says what they are. */
export function Mates({
  open,
  photos,
}: {
  readonly open: OpenProject;
  readonly photos: readonly ExampleId[];
}) {
  const known = new Map(open.examples.value.map((one) => [one.id, one]));
  const counts = new Map<string, number>();
  for (const id of photos) {
    const record = known.get(id);
    const name = record === undefined ? '' : nameOf(open, record);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const said = text.value.common.list([...counts].map(([name, n]) => more.value.lab.mates.of(n, name)));
  return (
    <span class="lab-mates" role="img" aria-label={said}>
      {photos.map((id) => (
        <Thumb key={id} open={open} id={id} />
      ))}
    </span>
  );
}

function ChoosePhoto({
  open,
  chosen,
  onChoose,
  onClose,
}: {
  readonly open: OpenProject;
  readonly chosen: ExampleId;
  readonly onChoose: (id: ExampleId) => void;
  readonly onClose: () => void;
}) {
  const words = more.value.lab.photo;
  const { classes } = open.project.value;
  const doubtful = (open.learning.value.live?.doubtful ?? []).flatMap(
    (id) => open.examples.value.find((one) => one.id === id) ?? [],
  );
  const choices = [
    { key: 'doubtful', title: words.doubtful, photos: doubtful.slice(0, DOUBTFUL) },
    ...classes.map(({ id, name }) => ({
      key: id,
      title: name,
      photos: open.examples.value
        .filter((one) => one.class === id)
        .slice(-CHOICE)
        .reverse(),
    })),
  ].filter(({ photos }) => photos.length > 0);
  return (
    <Dialog title={words.choose} onClose={onClose}>
      {choices.map(({ key, title, photos }) => (
        <section key={key} class="stack">
          <h3>{title}</h3>
          <ul class="lab-choice">
            {photos.map((photo, i) => (
              <li key={photo.id}>
                <button
                  type="button"
                  aria-label={
                    key === 'doubtful'
                      ? words.nthDoubtful(i + 1, nameOf(open, photo))
                      : words.nth(i + 1, nameOf(open, photo))
                  }
                  aria-pressed={photo.id === chosen}
                  onClick={() => {
                    onChoose(photo.id);
                    onClose();
                  }}
                >
                  <Thumb open={open} id={photo.id} />
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Dialog>
  );
}

function nameOf(open: OpenProject, { class: of }: ExampleRecord): string {
  return open.project.value.classes.find(({ id }) => id === of)?.name ?? '';
}
