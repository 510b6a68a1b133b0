import { describe, expect, it } from 'vitest';
import { createShared, createTurns } from '../../../worker/inference/sharing.ts';

/** A promise that the test settles. */
function deferred<T>() {
  let settle: { resolve: (value: T) => void; reject: (cause: unknown) => void } | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return {
    promise,
    resolve: (value: T) => settle?.resolve(value),
    reject: (cause: unknown) => settle?.reject(cause),
  };
}

describe('createShared', () => {
  it('shares one load among concurrent callers, and its result with later ones', async () => {
    const load = deferred<string>();
    let loads = 0;
    const get = createShared(() => {
      loads++;
      return load.promise;
    });
    const early = [get(), get(), get()];
    load.resolve('value');
    expect(await Promise.all([...early, get()])).toEqual(['value', 'value', 'value', 'value']);
    expect(loads).toBe(1);
  });

  it('fails all who shared a failed load, and loads again for the next', async () => {
    const loads = [deferred<string>(), deferred<string>()];
    let begun = 0;
    const get = createShared(() => loads[begun++]?.promise ?? Promise.reject(new Error('too many loads')));
    const early = [get(), get()];
    loads[0]?.reject(new Error('no answer'));
    expect(await Promise.allSettled(early)).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    const late = get();
    loads[1]?.resolve('value');
    expect(await late).toBe('value');
    expect(begun).toBe(2);
  });

  it('goes on alone when the load of another request never ends, and all who wait share the new one', async () => {
    const patience = deferred<void>();
    let begun = 0;
    const get = createShared(
      () => {
        begun++;
        return begun === 1 ? new Promise<string>(() => {}) : Promise.resolve('value');
      },
      { wait: () => patience.promise },
    );
    void get();
    const waiting = [get(), get()];
    patience.resolve();
    expect(await Promise.all(waiting)).toEqual(['value', 'value']);
    expect(begun).toBe(2);
  });

  it('asks for the load to be kept alive, and never lets that see a failure', async () => {
    const kept: Promise<unknown>[] = [];
    const get = createShared(() => Promise.reject(new Error('no answer')), {
      keepAlive: (work) => kept.push(work),
    });
    await expect(get()).rejects.toThrow('no answer');
    expect(await Promise.all(kept)).toEqual([undefined]);
  });
});

describe('createTurns', () => {
  it('lets one in at a time, in the order of arrival, past failures', async () => {
    const take = createTurns();
    const events: string[] = [];
    const work = (name: string, gate: Promise<unknown>) => async () => {
      events.push(`${name} begins`);
      await gate;
      events.push(`${name} ends`);
      if (name === 'a') throw new Error('a failed');
      return name;
    };
    const gate = deferred<void>();
    const all = [
      take(work('a', gate.promise)),
      take(work('b', Promise.resolve())),
      take(work('c', gate.promise)),
    ];
    expect(events).toEqual(['a begins']);
    gate.resolve();
    expect(await Promise.allSettled(all)).toMatchObject([
      { status: 'rejected' },
      { status: 'fulfilled', value: 'b' },
      { status: 'fulfilled', value: 'c' },
    ]);
    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('goes on when the one before never ends', async () => {
    const patience = deferred<void>();
    const take = createTurns({ wait: () => patience.promise });
    void take(() => new Promise(() => {}));
    const next = take(async () => 'in');
    patience.resolve();
    expect(await next).toBe('in');
  });
});
