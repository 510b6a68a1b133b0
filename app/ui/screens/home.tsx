// Home: what the app is for at the first visit, the projects later. Nothing here waits for the model.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../../app.ts';
import iconUrl from '../../icon.svg?url';
import type { ProjectSummary } from '../../storage/storage.ts';
import { text } from '../../text/text.ts';
import { ImportFile } from '../home/import-file.tsx';
import { InstallCard } from '../home/install-card.tsx';
import { ProjectCard } from '../home/project-card.tsx';
import { Button } from '../parts/button.tsx';
import { InboxHint } from '../parts/inbox-hint.tsx';
import { LinkRows } from '../parts/link-rows.tsx';
import { go, hrefOf } from '../router.ts';
import { showFailure } from '../toasts.ts';

export function HomeScreen() {
  const { storage, createProject } = useApp();
  const projects = useSignal<readonly ProjectSummary[] | null>(null);
  useEffect(() => {
    const load = () =>
      storage.projects().then((found) => {
        projects.value = found;
      }, showFailure);
    void load();
    return storage.onChange(({ what }) => {
      if (what !== 'settings' && what !== 'inbox') void load();
    });
  }, [storage, projects]);

  const create = () =>
    createProject().then((project) => go({ screen: 'project', project, tab: 'teach' }), showFailure);
  const words = text.value.home;
  const list = projects.value;
  // Storage answers in a moment: nothing that would move then.
  if (list === null) return null;
  const isFirst = list.length === 0;
  return (
    <div class={`home ${isFirst ? 'first' : ''}`}>
      {isFirst ? (
        <div class="hero">
          <img src={iconUrl} alt="" width="96" height="96" />
          <h1>{words.hero}</h1>
          <p class="lead">{words.lead}</p>
        </div>
      ) : (
        <h1>{words.title}</h1>
      )}
      <InboxHint />
      <div class="home-actions">
        <Button kind="primary" icon="plus" onClick={() => void create()}>
          {words.create}
        </Button>
        <ImportFile />
      </div>
      {isFirst && <p class="note home-privacy">{words.privacy}</p>}
      {list.length > 0 && (
        <ul class="projects">
          {list.map((summary) => (
            <ProjectCard key={summary.project.id} summary={summary} />
          ))}
        </ul>
      )}
      <nav class="home-links" aria-label={text.value.common.more}>
        <LinkRows
          links={[
            { to: hrefOf({ screen: 'connect', link: null }), words: words.links.connect },
            { to: hrefOf({ screen: 'trunk' }), words: words.links.trunk },
            { to: '/docs', words: words.links.docs },
          ]}
        />
      </nav>
      <InstallCard />
    </div>
  );
}
