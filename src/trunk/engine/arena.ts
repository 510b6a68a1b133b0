// Where buffers lie that are needed for a while only: those whose times overlap do not share memory.

/** A buffer needed from one moment to another, both included. */
export interface Lifetime {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Offsets for all buffers, the largest placed first, each as low as it goes.
 * @returns offsets in the order given, multiples of 64, and the bytes of all together
 */
export function arrange(buffers: readonly Lifetime[]): {
  readonly offsets: readonly number[];
  readonly bytes: number;
} {
  const placed: { readonly at: number; readonly end: number; readonly lifetime: Lifetime }[] = [];
  const offsets = new Array<number>(buffers.length).fill(0);
  const bySize = buffers.map((lifetime, i) => ({ lifetime, i }));
  bySize.sort((a, b) => b.lifetime.bytes - a.lifetime.bytes);
  let bytes = 0;
  for (const { lifetime, i } of bySize) {
    const size = Math.ceil(lifetime.bytes / 64) * 64;
    const rivals = placed.filter(
      (other) => other.lifetime.from <= lifetime.to && lifetime.from <= other.lifetime.to,
    );
    rivals.sort((a, b) => a.at - b.at);
    let at = 0;
    for (const rival of rivals) if (at + size > rival.at && at < rival.end) at = rival.end;
    placed.push({ at, end: at + size, lifetime });
    offsets[i] = at;
    bytes = Math.max(bytes, at + size);
  }
  return { offsets, bytes };
}
