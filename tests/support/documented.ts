// Answers against the OpenAPI document, on any platform: the status must be documented, with its media type, and the
// body must be exactly of its schema, without a field that the document does not name.
import { type Schema, Validator } from '@cfworker/json-schema';
import { openApiDocument } from '../../worker/openapi/document.ts';
import type { DocumentedOperation, Node } from '../../worker/openapi/types.ts';

const document = openApiDocument('0.0.0');

/** Closes every object, so that a field that is not documented is an error. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, closed(inner)] as const);
  const own: Node = Object.fromEntries(entries);
  const isObject = own.type === 'object' && 'properties' in own && !('additionalProperties' in own);
  return isObject ? { ...own, additionalProperties: false } : own;
}

const schemas: Node = Object.fromEntries(
  Object.entries(document.components.schemas).map(([name, schema]) => [name, closed(schema)]),
);

/** What is wrong with a body under a schema of the document; empty: nothing. */
export function schemaErrors(schema: Node, body: unknown): readonly string[] {
  const root: Schema = {
    ...Object.fromEntries(Object.entries({ ...closedNode(schema), components: { schemas } })),
  };
  const { errors } = new Validator(root, '2020-12', false).validate(body);
  return errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}

function closedNode(schema: Node): Node {
  const node = closed(schema);
  return typeof node === 'object' && node !== null ? { ...node } : {};
}

/** The operation of `METHOD /path`, path parameters in braces. */
export function operationOf(key: string): DocumentedOperation {
  const [method = '', path = ''] = key.split(' ');
  const found = document.paths[path]?.[method.toLowerCase()];
  if (found === undefined) throw new Error(`${key} is not documented.`);
  return found;
}

/** What is not as the document says of an operation's answer. */
export async function undocumented(key: string, response: Response): Promise<readonly string[]> {
  const documented = operationOf(key).responses[`${response.status}`];
  if (documented === undefined) return [`status ${response.status}: ${await response.text()}`];
  const type = (response.headers.get('Content-Type') ?? '').split(';')[0] ?? '';
  if (documented.content === undefined) return type === '' ? [] : [`a body of ${type}`];
  const media = documented.content[type];
  if (media === undefined) return [`the content type ${type} of ${response.status}`];
  if (media.schema === undefined) return [];
  return schemaErrors(media.schema, await response.json());
}
