// Ask the edge: a photo that the person chooses is sent, and both answers are shown side by side.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../../app.ts';
import { formatMs, formatPercent } from '../../format.ts';
import type { PhotoRecord, ProjectId, ProjectRecord } from '../../storage/schema.ts';
import { more } from '../../text/more.ts';
import { announce } from '../announce.ts';
import { classColour } from '../palette.ts';
import { Button } from '../parts/button.tsx';
import { showFailure, showToast } from '../toasts.ts';
import { type Comparison, compare } from './compare.ts';

/** Photos of the project to choose from. */
const PHOTOS = 6;
/** Classes that are shown. */
const SHOWN = 5;

interface Choice {
  readonly name: string;
  readonly url: string;
  readonly photo: Blob;
}

export function EdgeSection() {
  const { sync, storage } = useApp();
  const words = more.value.connect.edge;
  const there = [...sync.heads.value.values()].filter(({ state }) => state.base !== null);
  const projects = useSignal<readonly ProjectRecord[]>([]);
  const chosen = useSignal<ProjectId | null>(null);
  const ids = there.map(({ project }) => project).join();
  useEffect(() => {
    void Promise.all(there.map(({ project }) => storage.project(project))).then((found) => {
      projects.value = found.filter((project) => project !== null);
    }, showFailure);
  }, [ids]);
  const project = projects.value.find(({ id }) => id === chosen.value) ?? projects.value[0];
  return (
    <section class="card stack" aria-labelledby="connect-edge">
      <h2 id="connect-edge">{words.title}</h2>
      <p>{words.intro}</p>
      {project === undefined ? (
        <p class="note">{words.none}</p>
      ) : (
        <>
          <p class="caution">{words.sends}</p>
          {projects.value.length > 1 && (
            <label class="field">
              <span>{words.which}</span>
              <select
                value={project.id}
                onChange={({ currentTarget }) => {
                  chosen.value = projects.value.find(({ id }) => id === currentTarget.value)?.id ?? null;
                }}
              >
                {projects.value.map(({ id, title }) => (
                  <option key={id} value={id}>
                    {title}
                  </option>
                ))}
              </select>
            </label>
          )}
          <Asking key={project.id} project={project} />
        </>
      )}
    </section>
  );
}

function Asking({ project }: { readonly project: ProjectRecord }) {
  const { sync, storage, trainer } = useApp();
  const words = more.value.connect.edge;
  const choices = useSignal<readonly Choice[]>([]);
  const picked = useSignal<Choice | null>(null);
  const busy = useSignal(false);
  const result = useSignal<Comparison | null>(null);
  const ready = trainer.status.value.state === 'ready';

  useEffect(() => {
    if (trainer.status.peek().state === 'idle') trainer.start().catch(() => {});
    let wanted = true;
    void (async () => {
      const examples = await storage.examples(project.id);
      const photos = await Promise.all(spread(examples, PHOTOS).map(({ id }) => storage.photo(id)));
      if (!wanted) return;
      choices.value = photos
        .filter((photo) => photo !== null)
        .map((photo, i) => choiceOf(words.photo(i + 1), blobOf(photo)));
      picked.value = choices.value[0] ?? null;
    })().catch(showFailure);
    return () => {
      wanted = false;
      for (const { url } of choices.peek()) URL.revokeObjectURL(url);
    };
  }, []);

  async function ask(): Promise<void> {
    const record = sync.heads.peek().get(project.id);
    const photo = picked.value?.photo;
    if (record === undefined || photo === undefined) return;
    busy.value = true;
    result.value = null;
    try {
      const head = await storage.answeringHead(project.id);
      const found =
        head?.revision === record.state.base && head !== null
          ? await compare({ trainer, client: sync.client() }, head, record.head, photo)
          : null;
      if (found === null) showToast(words.notInStep, { kind: 'failure' });
      else announce(words.difference(differenceOf(found)));
      result.value = found;
    } catch (error) {
      showFailure(error);
    } finally {
      busy.value = false;
    }
  }

  return (
    <>
      <fieldset class="edge-photos">
        <legend>{words.photos}</legend>
        {choices.value.map((choice) => (
          <label key={choice.url} class="edge-photo">
            <input
              type="radio"
              name="edge-photo"
              checked={choice === picked.value}
              onChange={() => {
                picked.value = choice;
                result.value = null;
              }}
            />
            <img src={choice.url} alt={choice.name} />
          </label>
        ))}
        <label class="button edge-file">
          <input
            type="file"
            accept="image/*"
            class="visually-hidden"
            onChange={({ currentTarget }) => {
              const file = currentTarget.files?.[0];
              if (file === undefined) return;
              const choice = choiceOf(file.name, file);
              choices.value = [...choices.value, choice];
              picked.value = choice;
              result.value = null;
            }}
          />
          <span>{words.file}</span>
        </label>
      </fieldset>
      {!ready && <p class="note">{words.notReady}</p>}
      <div class="actions">
        <Button disabled={!ready || busy.value || picked.value === null} onClick={ask}>
          {busy.value ? words.asking : words.ask}
        </Button>
      </div>
      {result.value !== null && <Both project={project} comparison={result.value} />}
    </>
  );
}

function Both({ project, comparison }: { readonly project: ProjectRecord; readonly comparison: Comparison }) {
  const words = more.value.connect.edge;
  const colourOf = (label: string) => {
    const found = project.classes.find(({ name }) => name === label);
    return found === undefined ? 'var(--line-strong)' : classColour(found.colour);
  };
  return (
    <>
      <table class="edge-table">
        <caption class="visually-hidden">{words.caption}</caption>
        <thead>
          <tr>
            <th scope="col">{words.class}</th>
            <th scope="col">{words.here}</th>
            <th scope="col">{words.there}</th>
          </tr>
        </thead>
        <tbody>
          {comparison.classes.slice(0, SHOWN).map(({ label, here, there }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {[here, there].map((share, i) => (
                <td key={i}>
                  {formatPercent(share)}
                  <span class="edge-track">
                    <span style={{ transform: `scaleX(${share})`, background: colourOf(label) }} />
                  </span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p data-difference={comparison.difference}>
        <strong>
          {comparison.difference === 0 ? words.same : words.difference(differenceOf(comparison))}
        </strong>{' '}
        <span class="note">{words.took(formatMs(comparison.hereMs), formatMs(comparison.thereMs))}</span>
      </p>
    </>
  );
}

/** A share with as many digits as it takes to see that it is not nothing. */
function differenceOf({ difference }: Comparison): string {
  return difference === 0 ? '0' : difference.toPrecision(2);
}

function blobOf({ data, type }: PhotoRecord): Blob {
  return new Blob([data], { type });
}

function choiceOf(name: string, photo: Blob): Choice {
  return { name, photo, url: URL.createObjectURL(photo) };
}

/** At most n, from the first to the last, evenly. */
function spread<T>(list: readonly T[], n: number): readonly T[] {
  const step = Math.max(1, (list.length - 1) / (n - 1));
  return list.filter((_, i) => Math.floor(Math.ceil(i / step) * step) === i).slice(0, n);
}
