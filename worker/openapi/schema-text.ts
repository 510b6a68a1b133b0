// A JSON Schema in a few words, for people. Pure.
import type { Node } from './types.ts';

/** Text, or the name of a schema of the document. */
export type Word = string | { readonly ref: string };

/** `list of Prediction`, `"private" or "public"`, `text like ^[a-z]+$`, `number from 0`. */
export function wordsOf(schema: unknown): readonly Word[] {
  const node = nodeOf(schema);
  const ref = typeof node.$ref === 'string' ? node.$ref.split('/').at(-1) : undefined;
  if (ref !== undefined) return [{ ref }];
  if ('const' in node) return [JSON.stringify(node.const)];
  if (Array.isArray(node.enum)) return [node.enum.map((each) => JSON.stringify(each)).join(' or ')];
  const choices = node.anyOf ?? node.oneOf;
  if (Array.isArray(choices))
    return choices.flatMap((each, i) => (i === 0 ? wordsOf(each) : [' or ', ...wordsOf(each)]));
  switch (node.type) {
    case 'array':
      return listWords(node);
    case 'object':
      return 'properties' in node ? ['object'] : ['object of ', ...wordsOf(node.additionalProperties ?? {})];
    case 'string':
      return [typeof node.format === 'string' ? node.format : `text${like(node.pattern)}`];
    case 'number':
    case 'integer':
      return [`${node.type === 'integer' ? 'whole number' : 'number'}${bounds(node)}`];
    case undefined:
      return ['anything'];
    default:
      return [String(node.type)];
  }
}

function listWords(node: Node): readonly Word[] {
  if (Array.isArray(node.prefixItems))
    return [
      '[',
      ...node.prefixItems.flatMap((each, i) => (i === 0 ? wordsOf(each) : [', ', ...wordsOf(each)])),
      ']',
    ];
  return ['list of ', ...wordsOf(node.items ?? {})];
}

function like(pattern: unknown): string {
  return typeof pattern === 'string' && pattern.length <= 40 ? ` like ${pattern}` : '';
}

function bounds({ minimum, maximum }: Node): string {
  const from = typeof minimum === 'number' ? ` from ${minimum}` : '';
  return from + (typeof maximum === 'number' ? ` to ${maximum}` : '');
}

/** The fields of an object schema, and which of them must be there. */
export function fieldsOf(
  schema: unknown,
): readonly { readonly name: string; readonly required: boolean; readonly schema: unknown }[] {
  const node = nodeOf(schema);
  const required = Array.isArray(node.required) ? node.required : [];
  return Object.entries(nodeOf(node.properties)).map(([name, each]) => ({
    name,
    required: required.includes(name),
    schema: each,
  }));
}

function nodeOf(value: unknown): Node {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
