// Which head answers: the kept one, else the live one; and how they come and go.
import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals';
import type { ClassId, HeadRecord, HeadSlot } from '../storage/schema.ts';
import type { GivenHead, Trained, TrainerStatus } from '../training/trainer.ts';
import type { OpenProject } from './open-project.ts';
import type { Workspace } from './workspace.ts';

export interface Heads {
  /** The kept head, its labels as the classes of now. */
  readonly kept: ReadonlySignal<HeadRecord | null>;
  /** The live head as it is stored, perhaps of a moment ago. */
  readonly stored: ReadonlySignal<HeadRecord | null>;
  /** The live head as it was fitted just now. */
  readonly live: Signal<Trained | null>;
  /** Stores it as the live head. */
  store(trained: Trained, basis: string): Promise<void>;
  /** Reads both again. */
  reload(): Promise<void>;
  /** The one that answers, as it is stored. */
  file(): HeadRecord | null;
  /** The one that answers now. */
  readonly answering: ReadonlySignal<GivenHead | null>;
  /** Tells the trainer which head answers, whenever that changes or it starts anew. @returns stops it */
  follow(onError: (error: unknown) => void): () => void;
  readonly actions: Pick<OpenProject, 'keep' | 'discardKept'>;
}

export function createHeads(
  workspace: Workspace,
  { kept: firstKept, live: firstLive }: Readonly<Record<HeadSlot, HeadRecord | null>>,
): Heads {
  const { id: project, storage, trainer, examples, inTurn } = workspace;
  const keptRecord = signal(firstKept);
  const stored = signal(firstLive);
  const live = signal<Trained | null>(null);

  const kept = computed(() => (keptRecord.value === null ? null : withClassesOfNow(keptRecord.value)));
  const teachable = computed(() => new Set(examples.value.map((example) => example.class)).size >= 2);
  const answering = computed(() => {
    if (kept.value !== null) return kept.value;
    // A live head of classes that are gone answers nothing; it stays stored until there is another one.
    const head = teachable.value ? (live.value ?? stored.value) : null;
    return head === null ? null : withClassesOfNow(head);
  });

  /** A class that is gone, or gone for now, is null. */
  function withClassesOfNow<T extends { readonly classes: readonly (ClassId | null)[] }>(
    head: T,
  ): T & { readonly classes: readonly (ClassId | null)[] } {
    const there = new Set<ClassId | null>(workspace.project.value.classes.map(({ id }) => id));
    return { ...head, classes: head.classes.map((id) => (there.has(id) ? id : null)) };
  }

  async function put(head: HeadRecord): Promise<void> {
    await storage.putHead(head);
    (head.slot === 'kept' ? keptRecord : stored).value = head;
  }

  async function remove(): Promise<void> {
    await storage.deleteHead(project, 'kept');
    keptRecord.value = null;
  }

  return {
    ...{ kept, stored, live, answering },
    store: (trained, basis) => inTurn(() => put(recordOf(project, 'live', trained, basis))),
    reload: () =>
      inTurn(async () => {
        const [keptNow, liveNow] = await Promise.all([
          storage.head(project, 'kept'),
          storage.head(project, 'live'),
        ]);
        if (keptNow?.revision !== keptRecord.peek()?.revision) keptRecord.value = keptNow;
        if (liveNow?.revision !== stored.peek()?.revision) stored.value = liveNow;
      }),

    file: () => kept.peek() ?? (teachable.peek() ? stored.peek() : null),

    follow(onError) {
      let told = '';
      let at: TrainerStatus | null = null;
      return effect(() => {
        const status = trainer.status.value;
        const head = answering.value;
        if (status.state !== 'ready') return;
        const key = head === null ? 'none' : [head.revision, ...head.classes].join();
        if (key === told && status === at) return;
        told = key;
        at = status;
        const answer = head === null ? null : { data: head.data, classes: head.classes };
        untracked(() => trainer.useHead(answer).catch(onError));
      });
    },

    actions: {
      keep: ({ trained }) =>
        inTurn(async () => {
          const before = keptRecord.peek();
          await put(recordOf(project, 'kept', trained));
          return () => inTurn(() => (before === null ? remove() : put(before)));
        }),
      discardKept: () =>
        inTurn(async () => {
          const before = keptRecord.peek();
          if (before === null) return async () => {};
          await remove();
          return () => inTurn(() => put(before));
        }),
    },
  };
}

function recordOf(
  project: HeadRecord['project'],
  slot: HeadSlot,
  trained: Trained,
  basis?: string,
): HeadRecord {
  const { revision, data, classes, report, kind } = trained;
  const head = { project, slot, revision, data, classes, report, kind } as const;
  return {
    ...head,
    madeAt: Date.now(),
    source: 'trained',
    ...(basis === undefined ? {} : { basis }),
    ...(trained.adapted === true ? { adapted: true } : {}),
  };
}
