// One request to an endpoint: token, time limit, repetition of what may be repeated, and errors with a code. The
// globals of the platform are touched in functions only, and only those that browsers, Node and Workers share.

/** Why an endpoint did not do what it was asked; `code` is the contract's, or one of the client's own. */
export class ApiError extends Error {
  /** A code of the contract; `unreachable`, `timeout`, `answer_invalid`; `unexplained` where the answer names none. */
  readonly code: string;
  /** HTTP status; 0: there was no answer. */
  readonly status: number;
  /** What went wrong, in a few words for people. */
  readonly title: string;
  /** And what to do. */
  readonly detail: string;
  readonly requestId: string | null;
  /** Seconds until the next attempt can succeed, if the endpoint says. */
  readonly retryAfter: number | null;
  /** With `precondition_failed`: the head's current revision. */
  readonly revision: string | null;
  constructor(code: string, detail: string, { cause, ...facts }: ErrorFacts = {}) {
    super(`${code}: ${detail}`, { cause });
    this.name = 'ApiError';
    this.code = code;
    this.detail = detail;
    const { status, title, requestId, retryAfter, revision } = { ...NO_FACTS, ...facts };
    this.status = status;
    this.title = title;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
    this.revision = revision;
  }
}

type ErrorFacts = Partial<Omit<ApiError, keyof Error | 'code' | 'detail'>> & { readonly cause?: unknown };

const NO_FACTS = {
  status: 0,
  title: 'The server could not answer',
  requestId: null,
  retryAfter: null,
  revision: null,
};

export interface ClientOptions {
  /** Of the endpoint, such as `https://topwork.example`. */
  readonly origin: string;
  /** Of a device, a key or the operator; none: public heads. */
  readonly token?: string | undefined;
  /** What sends; the platform's own unless said. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Time limit of one attempt, ms. */
  readonly timeoutMs?: number | undefined;
  /** How often a request that is safe to repeat is sent again. */
  readonly retries?: number | undefined;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface Call extends CallOptions {
  readonly method?: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: BodyInit | undefined;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Whether doing it twice is doing it once. A GET is. */
  readonly idempotent?: boolean;
}

/** A good answer, whole. */
export interface Answer {
  readonly headers: Headers;
  readonly bytes: ArrayBuffer;
}

/** Sends a call and resolves with a good answer. @throws ApiError; the reason of the signal when it aborts */
export type Send = (path: string, call?: Call) => Promise<Answer>;

/** Statuses that a second attempt may change. */
const PASSING = [429, 502, 503, 504];
const FIRST_PAUSE_MS = 250;
/** A longer `Retry-After` is for the caller to decide on. */
const MAX_PAUSE_MS = 10_000;

export function createSend({
  origin,
  token,
  fetch = globalThis.fetch,
  timeoutMs = 30_000,
  retries = 2,
}: ClientOptions): Send {
  async function attempt(path: string, call: Call): Promise<Answer> {
    const { method = 'GET', query = {}, json, signal } = call;
    const url = new URL(path, origin);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, `${value}`);
    const sent = new Headers();
    for (const [name, value] of Object.entries(call.headers ?? {}))
      if (value !== undefined) sent.set(name, value);
    if (token !== undefined) sent.set('Authorization', `Bearer ${token}`);
    if (json !== undefined) sent.set('Content-Type', 'application/json');
    const body = json === undefined ? call.body : JSON.stringify(json);
    const limit = AbortSignal.timeout(timeoutMs);
    try {
      // Called as a function: a browser's fetch refuses any other `this`.
      const send = fetch;
      const response = await send(url.href, {
        ...{ method, headers: sent, signal: signal === undefined ? limit : AbortSignal.any([signal, limit]) },
        ...(body === undefined ? {} : { body }),
      });
      const { ok, status, headers } = response;
      const bytes = await response.arrayBuffer();
      if (ok) return { headers, bytes };
      throw refusal(status, { headers, bytes });
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof ApiError) throw cause;
      if (limit.aborted) throw new ApiError('timeout', `There was no answer in ${timeoutMs} ms.`, { cause });
      throw new ApiError('unreachable', 'Check the connection, then try again.', {
        cause,
        title: 'The server cannot be reached',
      });
    }
  }

  return async (path, call = {}) => {
    const repeatable = call.idempotent ?? (call.method ?? 'GET') === 'GET';
    for (let left = repeatable ? retries : 0, pause = FIRST_PAUSE_MS; ; left--, pause *= 2) {
      try {
        return await attempt(path, call);
      } catch (error) {
        if (!(error instanceof ApiError) || left <= 0) throw error;
        if (error.status !== 0 && !PASSING.includes(error.status)) throw error;
        const wait = error.retryAfter === null ? pause : error.retryAfter * 1000;
        if (wait > MAX_PAUSE_MS) throw error;
        await sleep(wait, call.signal);
      }
    }
  };
}

/** The JSON of an answer; undefined where it is none. */
export function jsonOf({ bytes }: Pick<Answer, 'bytes'>): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** The error of an answer: RFC 9457, or the `{"error"}` of the borrowed dialects. */
function refusal(status: number, { headers, bytes }: Answer): ApiError {
  const body = jsonOf({ bytes });
  const text = (key: string): string | null => {
    const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, key) : null;
    return typeof value === 'string' ? value : null;
  };
  const seconds = Number(headers.get('Retry-After') ?? Number.NaN);
  return new ApiError(
    text('code') ?? 'unexplained',
    text('detail') ?? text('error') ?? `The server answered ${status} and did not say why.`,
    {
      status,
      title: text('title') ?? NO_FACTS.title,
      requestId: text('requestId') ?? headers.get('X-Request-Id'),
      retryAfter: Number.isFinite(seconds) ? seconds : null,
      revision: text('revision'),
    },
  );
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
