// A fetch that writes down what leaves the device: which kind of thing, of which project, and how many bytes. Questions
// that carry nothing (GET) are not written down.
import type { SentRecord } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

/** @param options.onRefused the server does not know the token that a request had */
export function countedFetch({
  storage,
  fetch = globalThis.fetch,
  onRefused = () => {},
}: {
  readonly storage: Pick<Storage, 'addSent' | 'syncs'>;
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly onRefused?: ((authorization: string) => void) | undefined;
}): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input, globalThis.location?.origin);
    const headers = new Headers(init.headers);
    const method = init.method ?? 'GET';
    const counts = method !== 'GET' && method !== 'HEAD';
    // A disk that is full keeps nobody from what they do.
    const count = async () => {
      if (counts) await record(storage, url, method, headers, init.body).catch(() => {});
    };
    // Before it leaves, because its answer may not be heard; without a network it does not leave.
    const online = globalThis.navigator?.onLine !== false;
    if (online) await count();
    const send = fetch;
    const response = await send(input, init);
    if (!online) await count();
    const authorization = headers.get('Authorization');
    if (response.status === 401 && authorization !== null) onRefused(authorization);
    return response;
  };
}

async function record(
  storage: Pick<Storage, 'addSent' | 'syncs'>,
  { origin, pathname, searchParams }: URL,
  method: string,
  headers: Headers,
  body: BodyInit | null | undefined,
): Promise<void> {
  const [, , room = '', id = ''] = pathname.split('/');
  const head = room === 'heads' ? decodeURIComponent(id) : searchParams.get('head');
  const synced = head === null ? [] : await storage.syncs();
  await storage.addSent({
    at: Date.now(),
    what: kindOf(room, method, headers),
    to: `${origin}${pathname}`,
    bytes: bytesOf(body),
    project: synced.find((sync) => sync.head === head)?.project ?? null,
  });
}

function kindOf(room: string, method: string, headers: Headers): SentRecord['what'] {
  if (room === 'heads') return method === 'PUT' ? 'head' : method === 'DELETE' ? 'deletion' : 'other';
  if (room === 'devices') return method === 'POST' ? 'enrolment' : 'other';
  if (room === 'keys') return 'key';
  if (room === 'predict') return headers.has('X-Topwork-Features') ? 'features' : 'photo';
  return 'other';
}

/** Of the bodies that the client makes. */
function bytesOf(body: BodyInit | null | undefined): number {
  if (body === null || body === undefined) return 0;
  if (typeof body === 'string') return new TextEncoder().encode(body).length;
  if (body instanceof Blob) return body.size;
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return body.byteLength;
  return 0;
}
