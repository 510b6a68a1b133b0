// Settings that are kept in memory.
import type { Storage } from '../../../app/storage/storage.ts';

export function inMemorySettings(): Pick<Storage, 'setting' | 'setSetting'> {
  const kept = new Map<string, unknown>();
  return {
    setting: async (key) => (kept.get(key) ?? null) as never,
    async setSetting(key, value) {
      if (value === null) kept.delete(key);
      else kept.set(key, structuredClone(value));
    },
  };
}
