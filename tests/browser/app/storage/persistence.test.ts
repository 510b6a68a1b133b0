import { describe, expect, it, vi } from 'vitest';
import { createPersistence, persistence, type SpaceSource } from '../../../../app/storage/persistence.ts';
import type { Change } from '../../../../app/storage/storage.ts';

function aBrowser(answer: boolean) {
  let persisted = false;
  const asked = vi.fn(async () => {
    persisted = answer;
    return answer;
  });
  const source: SpaceSource = {
    persisted: async () => persisted,
    persist: asked,
    estimate: async () => ({ usage: 10, quota: 100 }),
  };
  return { source, asked };
}

function aStorage() {
  const listeners = new Set<(change: Change) => void>();
  return {
    listeners,
    onChange(listener: (change: Change) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell(change: Partial<Change>) {
      for (const listener of [...listeners])
        listener({ project: null, what: 'examples', elsewhere: false, ...change });
    },
  };
}

describe('createPersistence', () => {
  it('says what the browser says, and nothing before it was asked', async () => {
    const { space, refresh } = createPersistence(aBrowser(true).source);
    expect(space.value).toEqual({ persisted: null, usage: null, quota: null });
    await refresh();
    expect(space.value).toEqual({ persisted: false, usage: 10, quota: 100 });
  });

  it.each([true, false])('asks the browser, which answers %s', async (answer) => {
    const { space, ask } = createPersistence(aBrowser(answer).source);
    expect(await ask()).toBe(answer);
    expect(space.value.persisted).toBe(answer);
  });

  it('knows nothing where the browser has nothing to say, or refuses', async () => {
    const nothing = createPersistence(undefined);
    expect(await nothing.ask()).toBe(false);
    const refuse = () => Promise.reject(new TypeError('no'));
    const refusing = createPersistence({ persisted: refuse, persist: refuse, estimate: refuse });
    expect(await refusing.ask()).toBe(false);
    expect(refusing.space.value).toEqual({ persisted: null, usage: null, quota: null });
  });

  it('reads the real browser', async () => {
    await persistence.refresh();
    expect(persistence.space.value.quota).toBeGreaterThan(0);
  });
});

describe('askAfterFirstPhotos', () => {
  it('asks once, after photos were added here, and for nothing else', async () => {
    const { source, asked } = aBrowser(true);
    const storage = aStorage();
    const { askAfterFirstPhotos } = createPersistence(source, { quietMs: 0 });
    askAfterFirstPhotos(storage);
    storage.tell({ what: 'settings' });
    storage.tell({ elsewhere: true });
    expect(storage.listeners.size).toBe(1);
    for (let i = 0; i < 5; i++) storage.tell({});
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(1));
    expect(storage.listeners.size).toBe(0);
  });

  it('does not ask a browser that keeps everything already', async () => {
    const { source, asked } = aBrowser(true);
    await source.persist();
    const storage = aStorage();
    const { askAfterFirstPhotos, space } = createPersistence(source, { quietMs: 0 });
    askAfterFirstPhotos(storage);
    storage.tell({});
    await vi.waitFor(() => expect(space.value.persisted).toBe(true));
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('does not ask any more once it was stopped', async () => {
    const { source, asked } = aBrowser(true);
    const storage = aStorage();
    const { askAfterFirstPhotos } = createPersistence(source, { quietMs: 0 });
    const stop = askAfterFirstPhotos(storage);
    storage.tell({});
    stop();
    const later = createPersistence(source, { quietMs: 0 });
    later.askAfterFirstPhotos(storage);
    storage.tell({});
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(1));
  });
});
