// An app and an open project without storage, trainer or network, for tests of screens: signals to set, and a list of
// what was asked of them. Only interfaces of our own.
import { type Signal, signal } from '@preact/signals';
import type { App } from '../../../app/app.ts';
import type { Learning, OpenProject } from '../../../app/project/open-project.ts';
import type {
  Connection,
  ExampleRecord,
  HeadRecord,
  ProjectId,
  ProjectRecord,
  SyncRecord,
} from '../../../app/storage/schema.ts';
import type { Storage } from '../../../app/storage/storage.ts';
import type { Sync, SyncState } from '../../../app/sync/sync.ts';
import type { Prediction, PredictOptions, Trained, TrainerStatus } from '../../../app/training/trainer.ts';
import { aHead, anExample, aProject, digest } from './records.ts';

/** What is called on a fake that nobody expected fails the test. */
function strict<T extends object>(known: Partial<T>, name: string): T {
  return new Proxy(known, {
    get: (target, key) => {
      if (key in target) return Reflect.get(target, key);
      throw new Error(`${name}.${String(key)} was not expected.`);
    },
  }) as T;
}

export function aTrained(project: ProjectRecord, change: Partial<Trained> = {}): Trained {
  return {
    ...{ kind: 'ridge', data: new ArrayBuffer(11_520), revision: digest('a'), fitMs: 3 },
    classes: project.classes.map(({ id }) => id),
    report: { examples: project.classes.map(() => 10), heldOut: 'burst', accuracy: null, lambda: 0.001 },
    ...{ heldOut: [], doubtful: [], suspects: [], recall: [], outlook: null },
    ...change,
  };
}

export interface FakeProject {
  readonly open: OpenProject;
  readonly project: Signal<ProjectRecord>;
  readonly examples: Signal<readonly ExampleRecord[]>;
  readonly learning: Signal<Learning>;
  readonly kept: Signal<HeadRecord | null>;
  /** What `predictFrame` and `predictFile` answer, and what they were asked. */
  readonly prediction: Signal<Prediction | null>;
  readonly asked: (PredictOptions | undefined)[];
}

export function aFakeProject({
  project: record = aProject(),
  learnt = true,
}: {
  readonly project?: ProjectRecord;
  readonly learnt?: boolean;
} = {}): FakeProject {
  const project = signal(record);
  const examples = signal<readonly ExampleRecord[]>(
    Array.from({ length: 24 }, () => anExample(record, { bytes: 31_000 })),
  );
  const live = learnt ? aTrained(record) : null;
  const learning = signal<Learning>({ pending: 0, fitting: false, live, error: null });
  const kept = signal<HeadRecord | null>(null);
  const prediction = signal<Prediction | null>(null);
  const asked: (PredictOptions | undefined)[] = [];
  const predict = async (options?: PredictOptions) => {
    asked.push(options);
    return prediction.value;
  };
  const open = strict<OpenProject>(
    {
      ...{ project, examples, learning, kept },
      headFile: async () => kept.value ?? (learning.value.live === null ? null : aHead(project.value)),
      setAnswers: async (answers) => {
        project.value = { ...project.value, answers: { ...project.value.answers, ...answers } };
      },
      predictFrame: (frame, options) => {
        frame.close();
        return predict(options);
      },
      predictFile: (_, options) => predict(options),
    },
    'OpenProject',
  );
  return { open, project, examples, learning, kept, prediction, asked };
}

export interface FakeApp {
  readonly app: App;
  readonly status: Signal<TrainerStatus>;
  readonly connection: Signal<Connection | null>;
  readonly syncState: Signal<SyncState>;
  readonly heads: Signal<ReadonlyMap<ProjectId, SyncRecord>>;
  readonly sentBytes: Signal<number>;
}

/** @param known what the screen under test needs of storage and of sync */
export function aFakeApp(
  known: { readonly storage?: Partial<Storage>; readonly sync?: Partial<Sync> } = {},
): FakeApp {
  const status = signal<TrainerStatus>({ state: 'idle' });
  const connection = signal<Connection | null>(null);
  const syncState = signal<SyncState>({ state: 'off' });
  const heads = signal<ReadonlyMap<ProjectId, SyncRecord>>(new Map());
  const sentBytes = signal(0);
  const sync = { connection, state: syncState, heads, sentBytes, ...known.sync };
  const app = strict<App>(
    {
      storage: strict<Storage>(known.storage ?? {}, 'Storage'),
      sync: strict<Sync>(sync, 'Sync'),
      trainer: strict<App['trainer']>({ status }, 'Trainer'),
    },
    'App',
  );
  return { app, status, connection, syncState, heads, sentBytes };
}
