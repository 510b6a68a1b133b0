// An app without storage, trainer or network, for tests of screens: signals to set. What a test does not give and the
// screen asks for all the same throws.
import { type Signal, signal } from '@preact/signals';
import type { App } from '../../../app/app.ts';
import type { Connection, ProjectId, SyncRecord } from '../../../app/storage/schema.ts';
import type { Storage } from '../../../app/storage/storage.ts';
import type { Sync, SyncState } from '../../../app/sync/sync.ts';
import type { TrainerStatus } from '../../../app/training/trainer.ts';

function strict<T extends object>(known: Partial<T>, name: string): T {
  return new Proxy(known, {
    get: (target, key) => {
      if (key in target) return Reflect.get(target, key);
      throw new Error(`${name}.${String(key)} was not expected.`);
    },
  }) as T;
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
export function fakeApp({
  storage = {},
  sync = {},
}: {
  readonly storage?: Partial<Storage>;
  readonly sync?: Partial<Sync>;
} = {}): FakeApp {
  const status = signal<TrainerStatus>({ state: 'idle' });
  const connection = signal<Connection | null>(null);
  const syncState = signal<SyncState>({ state: 'off' });
  const heads = signal<ReadonlyMap<ProjectId, SyncRecord>>(new Map());
  const sentBytes = signal(0);
  const app = strict<App>(
    {
      storage: strict<Storage>(storage, 'Storage'),
      sync: strict<Sync>(
        { connection, state: syncState, heads, sentBytes, problems: signal(new Map()), ...sync },
        'Sync',
      ),
      trainer: strict<App['trainer']>({ status }, 'Trainer'),
    },
    'App',
  );
  return { app, status, connection, syncState, heads, sentBytes };
}

export function aConnection(change: Partial<Connection> = {}): Connection {
  return {
    ...{ origin: location.origin, token: 'secret', device: 'device-1', owner: 'owner-1', name: 'Phone' },
    ...{ valid: true, ...change },
  };
}
