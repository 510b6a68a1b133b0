// The bindings and variables that wrangler.toml and the operator's secrets give to the Worker.

/** What the runtime passes to `fetch`. */
export interface Env {
  /** Static assets: the app and the trunks. */
  readonly ASSETS: Fetcher;
  readonly DB: D1Database;
  /** Bytes of heads, by `<head key>/<revision>`. */
  readonly HEADS: R2Bucket;
  /** `open` or `invite`; anything else counts as `invite`. */
  readonly ENROLMENT: string;
  /** Bearer token of the operator; absent: nobody is the operator. */
  readonly OPERATOR_SECRET?: string;
  /** What a new device must show when enrolment is by invitation; absent: none can enrol. */
  readonly INVITE?: string;
  /** `off`: nothing is counted, as on a developer's machine; anything else counts as `on`. */
  readonly RATE_LIMITS: string;
  readonly LIMIT_ADDRESS?: RateLimit;
  readonly LIMIT_TOKEN?: RateLimit;
  readonly LIMIT_ENROLMENT?: RateLimit;
  readonly LIMIT_FAILURE?: RateLimit;
}
