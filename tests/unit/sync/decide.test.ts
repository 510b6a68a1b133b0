import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../src/contract/ids.ts';
import { acceptPull, agree, type Decision, decide, startPush } from '../../../src/sync/decide.ts';
import { revision } from './revision.ts';

/** The letters of the table: b is what both sides last had, l was made here, s was sent and not answered, r is another's. */
const NAMES = { b: revision(1), l: revision(2), s: revision(3), r: revision(4), '-': null } as const;
type Name = keyof typeof NAMES;
const named = (name: string): Digest | null => NAMES[name as Name];

/** base, local, sent, remote (`?` for offline) and what follows: action, reason, and for a push its precondition. */
const TABLE = `
  - - - ?  wait offline
  - - - -  none same
  - - - r  pull new-there
  - - s ?  wait offline
  - - s -  none same
  - - s s  push deleted-here s
  - - s r  pull new-there
  - l - ?  wait offline
  - l - -  push new-here -
  - l - l  none same
  - l - r  conflict changed-on-both
  - l s ?  wait offline
  - l s -  push new-here -
  - l s l  none same
  - l s s  push changed-here s
  - l s r  conflict changed-on-both
  - s s ?  wait offline
  - s s -  push new-here -
  - s s s  none same
  - s s r  conflict changed-on-both
  b - - ?  wait offline
  b - - -  none same
  b - - b  push deleted-here b
  b - - r  pull deleted-here-changed-there
  b - s ?  wait offline
  b - s -  none same
  b - s b  push deleted-here b
  b - s s  push deleted-here s
  b - s r  pull deleted-here-changed-there
  b b - ?  wait offline
  b b - -  conflict gone-there
  b b - b  none same
  b b - r  pull changed-there
  b b s ?  wait offline
  b b s -  conflict gone-there
  b b s b  none same
  b b s s  push changed-here s
  b b s r  pull changed-there
  b l - ?  wait offline
  b l - -  push changed-here-deleted-there -
  b l - b  push changed-here b
  b l - l  none same
  b l - r  conflict changed-on-both
  b l s ?  wait offline
  b l s -  push changed-here-deleted-there -
  b l s b  push changed-here b
  b l s l  none same
  b l s s  push changed-here s
  b l s r  conflict changed-on-both
  b s s ?  wait offline
  b s s -  push changed-here-deleted-there -
  b s s b  push changed-here b
  b s s s  none same
  b s s r  conflict changed-on-both
`;

const rows = TABLE.trim()
  .split('\n')
  .map((row) => row.trim().split(/ +/));

describe('decide', () => {
  it.each(rows)(
    'base %s, local %s, sent %s, remote %s: %s %s',
    (base, local, sent, remote, action, reason, ifMatch) => {
      const state = { base: named(base ?? ''), local: named(local ?? ''), sent: named(sent ?? '') };
      const there = named(remote ?? '');
      const decision = decide(state, remote === '?' ? { known: false } : { known: true, revision: there });
      const details: Record<string, object> = {
        none: { revision: there },
        wait: {},
        push: { revision: state.local, ifMatch: named(ifMatch ?? '') },
        pull: { revision: there, replaces: state.local },
        conflict: { local: state.local, remote: there },
      };
      expect(decision).toEqual({ action, reason, ...details[action ?? ''] });
    },
  );

  it('is asked every case: each side is nothing, or any revision that could be told apart', () => {
    const cases = [];
    for (const base of ['-', 'b'])
      for (const sent of ['-', 's'])
        for (const local of new Set(['-', base, 'l', sent]))
          for (const remote of new Set(['?', '-', base, local, sent, 'r']))
            cases.push([base, local, sent, remote].join(' '));
    expect(rows.map((row) => row.slice(0, 4).join(' ')).sort()).toEqual(cases.sort());
  });
});

describe('startPush', () => {
  const push = (state: Parameters<typeof decide>[0], there: Digest | null) => {
    const decision = decide(state, { known: true, revision: there });
    if (decision.action !== 'push') throw new Error(`expected a push, not ${decision.action}`);
    return startPush(state, decision);
  };

  it('makes a push whose answer was lost a step of our own, however the head changed since', () => {
    const sent = push({ base: NAMES.b, local: NAMES.s, sent: null }, NAMES.b);
    expect(sent).toEqual({ base: NAMES.b, local: NAMES.s, sent: NAMES.s });
    const changed = { ...sent, local: NAMES.l };
    expect(decide(changed, { known: true, revision: NAMES.s })).toMatchObject({
      action: 'push',
      ifMatch: NAMES.s,
    });
    expect(decide(changed, { known: true, revision: NAMES.b })).toMatchObject({
      action: 'push',
      ifMatch: NAMES.b,
    });
  });

  it('moves the base to what the server was seen to have', () => {
    const state = { base: NAMES.b, local: NAMES.l, sent: NAMES.s };
    expect(push(state, NAMES.s)).toEqual({ base: NAMES.s, local: NAMES.l, sent: NAMES.l });
    expect(push(state, null)).toEqual({ base: null, local: NAMES.l, sent: NAMES.l });
  });
});

describe('agree', () => {
  it('keeps a change that was made while the push was under way', () => {
    const state = agree({ base: NAMES.b, local: NAMES.l, sent: NAMES.s }, NAMES.s);
    expect(state).toEqual({ base: NAMES.s, local: NAMES.l, sent: null });
    expect(decide(state, { known: true, revision: NAMES.s })).toMatchObject({
      action: 'push',
      revision: NAMES.l,
    });
  });

  it('settles a conflict in favour of the device: the next decision pushes', () => {
    const state = { base: NAMES.b, local: NAMES.l, sent: null };
    expect(decide(agree(state, NAMES.r), { known: true, revision: NAMES.r })).toMatchObject({
      action: 'push',
      ifMatch: NAMES.r,
    });
    const gone = agree({ base: NAMES.b, local: NAMES.b, sent: null }, null);
    expect(decide(gone, { known: true, revision: null })).toMatchObject({
      action: 'push',
      reason: 'new-here',
    });
  });
});

describe('acceptPull', () => {
  const state = { base: NAMES.b, local: NAMES.b, sent: null };
  const pull = decide(state, { known: true, revision: NAMES.r }) as Extract<Decision, { action: 'pull' }>;

  it('takes the revision', () => {
    expect(acceptPull(state, pull)).toEqual({ base: NAMES.r, local: NAMES.r, sent: null });
  });

  it('refuses when the head was changed or deleted while it was fetched', () => {
    expect(acceptPull({ ...state, local: NAMES.l }, pull)).toBeNull();
    expect(acceptPull({ ...state, local: null }, pull)).toBeNull();
  });
});
