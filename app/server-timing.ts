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
    const [name = '', ...parameters] = entry.split(';').map((part) => part.trim());
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return [];
    const duration = parameters
      .map((part) => /^dur="?([0-9]+(?:\.[0-9]+)?)"?$/i.exec(part)?.[1])
      .find(Boolean);
    return [{ name, ms: duration === undefined ? null : Number(duration) }];
  });
}
