// The parts of an operation in OpenAPI's words: parameters, bodies, answers, errors, schemas. Pure.
import { toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { AppError, type ErrorCode, errorHeaders, problemOf } from '../../src/contract/errors.ts';
import { Digest, HeadId, ModelName } from '../../src/contract/ids.ts';
import type { Access, AnswerNote, Content, Contents, HeaderNote, Operation } from './operation.ts';
import { DialectError, NAMED, Problem } from './shapes.ts';
import type { DocumentedResponse, MediaType, Node, Parameter } from './types.ts';

const OPTIONS = {
  target: 'draft-2020-12',
  // Checks in code, such as "labels must differ", have no words in JSON Schema.
  errorMode: 'ignore',
  overrideRef: ({ referenceId }: { readonly referenceId: string }) => `#/components/schemas/${referenceId}`,
} as const;

/** The named shapes as JSON Schema. */
export function namedSchemas(): Record<string, Node> {
  const schemas = Object.entries(toJsonSchemaDefs({ ...NAMED }, OPTIONS));
  return Object.fromEntries(schemas.map(([name, schema]) => [name, plain({ ...schema })]));
}

/** A schema in JSON Schema, by its name where it has one. */
export function schemaOf(schema: v.GenericSchema): Node {
  const found = Object.entries(NAMED).find(([, named]) => named === schema);
  if (found !== undefined) return { $ref: `#/components/schemas/${found[0]}` };
  return plain({ ...toJsonSchema(schema, { ...OPTIONS, definitions: { ...NAMED } }) });
}

function plain({ $schema: _, $defs: __, ...schema }: Record<string, unknown>): Node {
  return schema;
}

/** What each kind of path parameter is. */
const PATH: Readonly<Record<string, { readonly schema: v.GenericSchema; readonly description: string }>> = {
  model: { schema: ModelName, description: 'A model’s name.' },
  head: { schema: HeadId, description: 'A head’s id.' },
  digest: { schema: Digest, description: 'A revision of the head.' },
  version: { schema: Digest, description: 'A revision of the head.' },
  file: { schema: v.string(), description: 'A file’s name.' },
  id: { schema: v.pipe(v.string(), v.uuid()), description: 'Its id.' },
  action: { schema: v.picklist(['load', 'unload']), description: 'What to do.' },
};

/** The parameters in braces. @throws Error for one that has no description */
export function pathParameters(path: string): readonly Parameter[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = '']) => {
    const known = PATH[name];
    if (known === undefined) throw new Error(`The path parameter "${name}" of ${path} is not described.`);
    return {
      ...({ name, in: 'path', required: true, description: known.description } as const),
      schema: schemaOf(known.schema),
    };
  });
}

const QUERY: Readonly<Record<string, string>> = {
  model: 'The model; the first one unless said otherwise.',
  head: 'A head; the model’s default one unless said otherwise.',
  top_k: 'How many classes to name, a whole number from 1 to 999.',
  signature_name: 'The id of a personal head.',
  days: 'How many days to sum, today included; 7 unless said otherwise.',
};

export function queryParameters({ query }: Operation): readonly Parameter[] {
  return Object.entries(query?.entries ?? {}).map(([name, schema]) => ({
    ...({ name, in: 'query', required: schema.type !== 'optional' } as const),
    description: QUERY[name] ?? name,
    schema: schemaOf('wrapped' in schema && isSchema(schema.wrapped) ? schema.wrapped : schema),
  }));
}

function isSchema(value: unknown): value is v.GenericSchema {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'schema';
}

/** Request headers; OpenAPI reads `Accept` from the media types of the answers. */
export function headerParameters({ headers = {} }: Operation): readonly Parameter[] {
  return Object.entries(headers)
    .filter(([name]) => name !== 'Accept')
    .map(([name, { required = false, description, pattern, example }]) => ({
      ...({ name, in: 'header', required, description } as const),
      schema: {
        type: 'string',
        ...(pattern === undefined ? {} : { pattern }),
        ...(example === undefined ? {} : { examples: [example] }),
      },
    }));
}

/** Bodies by media type; the example goes with JSON. */
export function mediaTypes(contents: Contents, example?: unknown): Record<string, MediaType> {
  return Object.fromEntries(
    Object.entries(contents).map(([type, content]) => [type, mediaType(type, content, example)]),
  );
}

function mediaType(type: string, content: Content, example: unknown): MediaType {
  // A body of raw bytes has no schema in OpenAPI 3.1.
  if (content === 'binary') return {};
  return {
    schema: schemaOf(content),
    ...(type === 'application/json' && example !== undefined ? { example } : {}),
  };
}

export function responseOf({ description, content, headers, example }: AnswerNote): DocumentedResponse {
  return {
    description,
    ...(headers === undefined ? {} : { headers: headersOf(headers) }),
    ...(content === undefined ? {} : { content: mediaTypes(content, example) }),
  };
}

function headersOf(headers: Readonly<Record<string, HeaderNote>>): Node {
  return Object.fromEntries(
    Object.entries(headers).map(([name, { description }]) => [
      name,
      { description, schema: { type: 'string' } },
    ]),
  );
}

/** A token may be shown everywhere, and must be where `access` says so. */
export function securityOf(access: Access): readonly Readonly<Record<string, readonly string[]>>[] {
  if (access === 'static') return [{}];
  return access === 'open' || access === 'heads' ? [{}, { token: [] }] : [{ token: [] }];
}

/** The errors of an operation by status: those it names, and those that its access and every request can meet. */
export function errorCodesOf({ access, errors }: Operation): ReadonlyMap<number, readonly ErrorCode[]> {
  const everywhere = ['unauthorized', 'rate_limited', 'storage_failed', 'internal'] as const;
  const codes = new Set<ErrorCode>([...errors, ...(access === 'static' ? [] : everywhere)]);
  if (access !== 'open' && access !== 'static') codes.add('forbidden');
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of [...codes].sort()) {
    const { status } = problemOf(new AppError(code, { detail: '' }));
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
}

/** The error answers of an operation, in the shape of its dialect; a status that answers otherwise keeps that answer. */
export function errorResponses(path: string, operation: Operation): Record<string, DocumentedResponse> {
  const borrowed = /^\/v[12](\/|$)/.test(path);
  const taken = new Set(Object.keys(operation.answers));
  const responses: Record<string, DocumentedResponse> = {};
  for (const [status, codes] of errorCodesOf(operation)) {
    if (taken.has(`${status}`)) continue;
    const headers = Object.keys(errorHeaders(status)).map((name) => [
      name,
      { description: HEADER[name] ?? name },
    ]);
    responses[status] = {
      description: codes
        .map((code) => `\`${code}\`: ${problemOf(new AppError(code, { detail: '' })).title}`)
        .join('. '),
      ...(headers.length === 0 ? {} : { headers: headersOf(Object.fromEntries(headers)) }),
      content: borrowed
        ? { 'application/json': { schema: schemaOf(DialectError) } }
        : { 'application/problem+json': { schema: schemaOf(Problem) } },
    };
  }
  return responses;
}

const HEADER: Readonly<Record<string, string>> = {
  'Retry-After': 'Seconds until the next attempt can succeed.',
  'WWW-Authenticate': 'Bearer',
};
