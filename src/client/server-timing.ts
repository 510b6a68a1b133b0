// Reads the Server-Timing header. Pure.

/** A phase of the server's work; `ms` is null where the server names a phase that it cannot measure. */
export interface Phase {
  readonly name: string;
  readonly ms: number | null;
}

/**
 * Reads `decode;dur=3.1, trunk, head;dur=0.2`; what is malformed is left out.
 * @see https://www.w3.org/TR/server-timing/
 */
export function readServerTiming(header: string | null): readonly Phase[] {
  return (header ?? '').split(',').flatMap((entry) => {
    const name = /^\s*([\w-]+)\s*(?:;|$)/.exec(entry)?.[1];
    const ms = /;\s*dur="?(\d+(?:\.\d+)?)/.exec(entry)?.[1];
    return name === undefined ? [] : [{ name, ms: ms === undefined ? null : Number(ms) }];
  });
}
