// A map that forgets what was not used for longest, by size. No I/O, no clock.

export interface Lru<K, V> {
  /** The value, which becomes the most recently used. */
  get(key: K): V | undefined;
  /** Keeps a value, and drops others until it fits; one that never fits is kept alone. */
  set(key: K, value: V): void;
  readonly keys: readonly K[];
  /** Sum of the sizes kept. */
  readonly size: number;
}

/** @param options.drop called with each value that leaves, so that it can be freed */
export function createLru<K, V>({
  capacity,
  sizeOf = () => 1,
  drop = () => {},
}: {
  readonly capacity: number;
  readonly sizeOf?: (value: V) => number;
  readonly drop?: (value: V) => void;
}): Lru<K, V> {
  const entries = new Map<K, V>();
  let size = 0;
  const remove = (key: K, value: V) => {
    entries.delete(key);
    size -= sizeOf(value);
    drop(value);
  };
  return {
    get(key) {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set(key, value) {
      const old = entries.get(key);
      if (old !== undefined) remove(key, old);
      entries.set(key, value);
      size += sizeOf(value);
      for (const [oldest, each] of entries) {
        if (size <= capacity || oldest === key) break;
        remove(oldest, each);
      }
    },
    get keys() {
      return [...entries.keys()];
    },
    get size() {
      return size;
    },
  };
}
