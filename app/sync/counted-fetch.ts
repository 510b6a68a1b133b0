// A fetch that writes down what leaves the device: the bytes of every body, and where to.
import type { SentRecord } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

/** What a request is about, by its path. */
const KINDS: readonly (readonly [path: RegExp, what: SentRecord['what']])[] = [
  [/^\/api\/heads/, 'head'],
  [/^\/api\/devices$/, 'enrolment'],
  [/^\/api\/keys/, 'key'],
  [/^\/api\/predict/, 'photo'],
];

/** @param options.now ms since the epoch */
export function countedFetch({
  storage,
  fetch = (input, init) => globalThis.fetch(input, init),
  now = () => Date.now(),
}: {
  readonly storage: Pick<Storage, 'addSent' | 'syncs'>;
  readonly fetch?: typeof globalThis.fetch;
  readonly now?: () => number;
}): typeof globalThis.fetch {
  return async (input, init) => {
    const bytes = bytesOf(init?.body);
    if (bytes > 0 || init?.method === 'DELETE') await write(String(input), init, bytes).catch(() => {});
    return fetch(input, init);
  };

  /** Before it is sent: a request whose answer is never heard has left all the same. */
  async function write(url: string, init: RequestInit | undefined, bytes: number): Promise<void> {
    const { pathname, origin } = new URL(url);
    const what =
      init?.method === 'DELETE' ? 'deletion' : (KINDS.find(([path]) => path.test(pathname))?.[1] ?? 'other');
    const head = /^\/api\/heads\/([^/]+)/.exec(pathname)?.[1];
    const record = head === undefined ? undefined : (await storage.syncs()).find((one) => one.head === head);
    await storage.addSent({
      at: now(),
      what,
      to: `${origin}${pathname}`,
      bytes,
      project: record?.project ?? null,
    });
  }
}

function bytesOf(body: BodyInit | null | undefined): number {
  if (body === null || body === undefined) return 0;
  if (typeof body === 'string') return new TextEncoder().encode(body).length;
  if (body instanceof Blob) return body.size;
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return body.byteLength;
  return 0;
}
