// The trunk: its facts, why its stored statistics are used, and what they are. All of it from this device.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { BatchNormSummary } from '../../../src/contract/api.ts';
import type { ModelManifest } from '../../../src/contract/manifest.ts';
import { useApp } from '../../app.ts';
import type { ProjectId } from '../../storage/schema.ts';
import { type FailureText, reportFailure } from '../../text/failure-text.ts';
import { more } from '../../text/more.ts';
import { text } from '../../text/text.ts';
import { LinkRows } from '../parts/link-rows.tsx';
import { hrefOf } from '../router.ts';
import { TrunkFacts } from '../trunk/facts.tsx';
import { ModeTable } from '../trunk/mode-table.tsx';
import { readStatistics } from '../trunk/statistics.ts';
import { StatisticsChart } from '../trunk/statistics-chart.tsx';

export function TrunkScreen() {
  const status = useApp().trainer.status.value;
  const words = more.value.trunk;
  const manifest = status.state === 'ready' ? status.manifest : null;
  return (
    <div class="screen trunk">
      <h1>{text.value.shell.titles.trunk}</h1>
      <p class="lead">{words.lead}</p>
      <section aria-labelledby="trunk-facts">
        <h2 id="trunk-facts">{words.facts.title}</h2>
        {manifest === null ? <p class="note">{words.missing}</p> : <TrunkFacts manifest={manifest} />}
      </section>
      <section aria-labelledby="trunk-modes">
        <h2 id="trunk-modes">{words.modes.title}</h2>
        <p>{words.modes.why}</p>
        <p>{words.modes.rule}</p>
        <ModeTable />
        <LabLink />
      </section>
      <section aria-labelledby="trunk-statistics">
        <h2 id="trunk-statistics">{words.statistics.title}</h2>
        <p>{words.statistics.intro}</p>
        {manifest === null ? <p class="note">{words.missing}</p> : <StatisticsOf manifest={manifest} />}
      </section>
    </div>
  );
}

/** To the lab of the project that was open last, which has the person's own photos; nothing without one. */
function LabLink() {
  const { storage } = useApp();
  const project = useSignal<ProjectId | null>(null);
  useEffect(() => {
    const find = async () => {
      const last = await storage.setting('lastProject');
      if (last !== null && (await storage.project(last)) !== null) project.value = last;
    };
    find().catch(console.error);
  }, [storage, project]);
  if (project.value === null) return null;
  const to = hrefOf({ screen: 'project', project: project.value, tab: 'lab' });
  return <LinkRows links={[{ to, words: more.value.lab.fromTrunk }]} />;
}

function StatisticsOf({ manifest }: { readonly manifest: ModelManifest }) {
  const layers = useSignal<readonly BatchNormSummary[] | null>(null);
  const failure = useSignal<FailureText | null>(null);
  useEffect(() => {
    readStatistics(manifest).then(
      (read) => {
        layers.value = read;
      },
      (error: unknown) => {
        failure.value = reportFailure(error);
      },
    );
  }, [manifest, layers, failure]);
  if (failure.value !== null)
    return (
      <div class="failure-note" role="alert">
        <p>
          <strong>{failure.value.title}</strong>
        </p>
        <p>{failure.value.detail}</p>
      </div>
    );
  return layers.value === null ? (
    <div class="statistics" aria-busy="true" />
  ) : (
    <StatisticsChart layers={layers.value} />
  );
}
