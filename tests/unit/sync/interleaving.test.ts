// Two devices, one server that keeps no history, a network that delays and loses, and people who change, delete and
// settle conflicts at any moment. Nothing may vanish but what a person gave up after having seen it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../src/contract/ids.ts';
import {
  acceptPull,
  agree,
  type Decision,
  type DeviceState,
  decide,
  startPush,
} from '../../../src/sync/decide.ts';
import { revision } from './revision.ts';

type Push = Extract<Decision, { action: 'push' }>;
type Fetch = Parameters<typeof acceptPull>[1];
/** The rules under test, so that careless ones can be shown to fail. */
interface Rules {
  readonly decide: typeof decide;
  readonly acceptPull: typeof acceptPull;
}
interface Request {
  readonly from: Device;
  readonly push: Push;
  answer: 'none' | 'done' | 'refused';
}
interface Device {
  state: DeviceState;
  /** Every revision that its person had or was shown: what they may give up. */
  readonly seen: Set<Digest>;
  view: Digest | null | undefined;
  busy:
    | { readonly kind: 'push'; readonly request: Request }
    | { readonly kind: 'pull'; readonly pull: Fetch }
    | null;
  conflict: Extract<Decision, { action: 'conflict' }> | null;
}

const STEPS = [
  'change',
  'delete',
  'look',
  'act',
  'deliver',
  'answer',
  'lose',
  'keep mine',
  'take theirs',
] as const;
type Step = readonly [step: (typeof STEPS)[number], device: 0 | 1];

/** Steps one by one, and the runs of steps that the trouble is made of, else chance would seldom get that far. */
const RUNS: readonly (readonly Step[0][])[] = [
  ...STEPS.map((step) => [step]),
  ['look', 'act', 'deliver', 'answer'],
  ['look', 'act', 'deliver', 'lose'],
  ['look', 'act', 'lose'],
  ['change', 'look', 'act', 'deliver', 'answer'],
  ['delete', 'look', 'act', 'deliver', 'answer'],
];

class World {
  readonly devices: readonly Device[] = [newDevice(), newDevice()];
  readonly rules: Rules;
  server: Digest | null = null;
  private readonly undelivered: Request[] = [];
  private readonly made = new Set<Digest>();
  private readonly givenUp = new Set<Digest>();

  constructor(rules: Rules) {
    this.rules = rules;
  }

  /** Revisions that nobody holds and nobody gave up. */
  lost(): Digest[] {
    const held = new Set([this.server, ...this.devices.map(({ state }) => state.local)]);
    return [...this.made].filter((made) => !held.has(made) && !this.givenUp.has(made));
  }

  run([step, at]: Step): void {
    const device = at === 0 ? this.devices[0] : this.devices[1];
    if (device === undefined) return;
    if (step === 'change' || step === 'delete') this.edit(device, step === 'change');
    else if (step === 'look') device.view = this.server;
    else if (step === 'act') this.act(device);
    else if (step === 'deliver') this.deliver(at === 0 ? 'oldest' : 'newest');
    else if (step === 'answer') this.answer(device);
    else if (step === 'lose') device.busy = null;
    else this.settle(device, step === 'keep mine');
  }

  private edit(device: Device, change: boolean): void {
    this.giveUp(device.state.local);
    const local = change ? revision(this.made.size + 1) : null;
    if (local !== null) this.made.add(local);
    this.hold(device, { ...device.state, local });
  }

  private act(device: Device): void {
    if (device.busy !== null || device.view === undefined) return;
    const decision = this.rules.decide(device.state, { known: true, revision: device.view });
    // What was seen of the server is used once: afterwards it may be older than what the device did.
    device.view = undefined;
    device.conflict = decision.action === 'conflict' ? decision : null;
    if (decision.action === 'none') this.hold(device, agree(device.state, decision.revision));
    if (decision.action === 'pull') device.busy = { kind: 'pull', pull: decision };
    if (decision.action === 'push') {
      this.hold(device, startPush(device.state, decision));
      const request: Request = { from: device, push: decision, answer: 'none' };
      this.undelivered.push(request);
      device.busy = { kind: 'push', request };
    }
  }

  private deliver(which: 'oldest' | 'newest'): void {
    const request = which === 'oldest' ? this.undelivered.shift() : this.undelivered.pop();
    if (request === undefined) return;
    const { from, push } = request;
    request.answer = push.ifMatch === this.server ? 'done' : 'refused';
    if (request.answer === 'refused') return;
    if (this.server !== null && from.seen.has(this.server)) this.giveUp(this.server);
    this.server = push.revision;
  }

  private answer(device: Device): void {
    const { busy } = device;
    if (busy?.kind === 'pull') {
      const state = this.rules.acceptPull(device.state, busy.pull);
      if (state !== null) this.hold(device, state);
    } else if (busy?.kind === 'push') {
      if (busy.request.answer === 'none') return;
      if (busy.request.answer === 'done') this.hold(device, agree(device.state, busy.request.push.revision));
    }
    device.busy = null;
  }

  private settle(device: Device, mine: boolean): void {
    const { conflict } = device;
    if (conflict === null || device.busy !== null) return;
    device.conflict = null;
    if (conflict.remote !== null) device.seen.add(conflict.remote);
    if (mine) {
      this.hold(device, agree(device.state, conflict.remote));
      return;
    }
    const state = this.rules.acceptPull(device.state, {
      revision: conflict.remote,
      replaces: conflict.local,
    });
    if (state === null) return;
    this.giveUp(conflict.local);
    this.hold(device, state);
  }

  private hold(device: Device, state: DeviceState): void {
    device.state = state;
    if (state.local !== null) device.seen.add(state.local);
  }

  private giveUp(given: Digest | null): void {
    if (given !== null) this.givenUp.add(given);
  }
}

function newDevice(): Device {
  return {
    state: { base: null, local: null, sent: null },
    seen: new Set(),
    view: undefined,
    busy: null,
    conflict: null,
  };
}

const steps: fc.Arbitrary<Step[]> = fc
  .array(fc.tuple(fc.constantFrom(...RUNS), fc.constantFrom<0 | 1>(0, 1)), { maxLength: 40, size: 'max' })
  .map((runs) => runs.flatMap(([run, device]) => run.map((step): Step => [step, device])));

const neverLoses = (rules: Rules) =>
  fc.property(steps, (steps) => {
    const world = new World(rules);
    for (const step of steps) {
      world.run(step);
      expect(world.lost()).toEqual([]);
    }
  });

describe('two devices by these rules', () => {
  it('never lose a revision', () => {
    fc.assert(neverLoses({ decide, acceptPull }), { numRuns: 5000 });
  });

  it('come to hold the same as the server once the people stop and the network works', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), (steps, mine) => {
        const world = new World({ decide, acceptPull });
        for (const step of steps) world.run(step);
        for (let i = 0; i < steps.length; i++) world.run(['deliver', 0]);
        // A round is one whole sync of each device: settle what was found, push what was settled, take what came.
        for (let round = 0; round < 4; round++)
          for (const at of [0, 1] as const)
            for (const step of ['answer', 'look', 'act', 'deliver', 'answer'] as const) {
              world.run([step, at]);
              world.run([mine ? 'keep mine' : 'take theirs', at]);
            }
        for (const { state } of world.devices)
          expect(state).toEqual({ base: world.server, local: world.server, sent: null });
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a careless rule is found to lose revisions:', () => {
  const pushing = (revision: Digest | null, ifMatch: Digest | null): Decision => ({
    action: 'push',
    reason: 'changed-here',
    revision,
    ifMatch,
  });
  const careless: Record<string, Rules> = {
    'the last writer wins': {
      decide: (state, remote) => {
        const decision = decide(state, remote);
        return decision.action === 'conflict' ? pushing(decision.local, decision.remote) : decision;
      },
      acceptPull,
    },
    'the server always wins': {
      decide: (state, remote) => {
        const decision = decide(state, remote);
        return decision.action === 'conflict' && decision.remote !== null
          ? { action: 'pull', reason: 'changed-there', revision: decision.remote, replaces: decision.local }
          : decision;
      },
      acceptPull,
    },
    'a deletion outweighs a change': {
      decide: (state, remote) => {
        const decision = decide(state, remote);
        return decision.action === 'pull' && decision.reason === 'deleted-here-changed-there'
          ? pushing(null, decision.revision)
          : decision;
      },
      acceptPull,
    },
    'a pull lands whatever happened meanwhile': {
      decide,
      acceptPull: (_, { revision }) => ({ base: revision, local: revision, sent: null }),
    },
  };

  it.each(Object.entries(careless))('%s', (_name, rules) => {
    expect(fc.check(neverLoses(rules), { numRuns: 20_000, endOnFailure: true }).failed).toBe(true);
  });
});
