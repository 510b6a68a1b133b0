// How an operation of the HTTP contract is described: the tables own.ts, kserve.ts and tfserving.ts are made of it, and
// document.ts turns them into OpenAPI. Nothing of this is in the Worker's bundle: the document is made at build time.
import type * as v from 'valibot';
import type { ErrorCode } from '../../src/contract/errors.ts';

/** A schema of the contract, or a body that is not JSON: its bytes. */
export type Content = v.GenericSchema | 'binary';

/**
 * Who may call: `static` anyone, and no token is looked at; `open` anyone; `heads` anyone with public heads, and a token reaches more; else what
 * the token must be.
 */
export type Access = 'static' | 'open' | 'heads' | 'token' | 'writer' | 'device' | 'operator';

/** A header of a request or an answer. */
export interface HeaderNote {
  readonly description: string;
  readonly required?: boolean;
  readonly example?: string;
  /** Regular expression of the value. */
  readonly pattern?: string;
}

/** A body by media type. */
export type Contents = Readonly<Record<string, Content>>;

/** An answer that is no error. */
export interface AnswerNote {
  readonly description: string;
  readonly content?: Contents;
  readonly headers?: Readonly<Record<string, HeaderNote>>;
  readonly example?: unknown;
}

/** One method of one path. */
export interface Operation {
  /** Name of the function in generated clients, unique. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  /** Markdown of plain paragraphs, `code` and no more. */
  readonly description?: string;
  readonly access: Access;
  /** An object schema: a query parameter for each entry. */
  readonly query?: v.ObjectSchema<v.ObjectEntries, undefined>;
  readonly headers?: Readonly<Record<string, HeaderNote>>;
  readonly body?: {
    readonly content: Contents;
    readonly description?: string;
    readonly required?: boolean;
    readonly example?: unknown;
  };
  /** By status. */
  readonly answers: Readonly<Record<number, AnswerNote>>;
  /** Beyond `rate_limited`, `internal` and those of `access`, which are everywhere. */
  readonly errors: readonly ErrorCode[];
}

/** Operations by `METHOD /path`, path parameters in braces. */
export type Operations = Readonly<Record<string, Operation>>;
