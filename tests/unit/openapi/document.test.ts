// The document against the specification, by a validator that is not ours, and against what makes it useful.
import { Validator } from '@seriousme/openapi-schema-validator';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { HeadId } from '../../../src/contract/ids.ts';
import { openApiDocument } from '../../../worker/openapi/document.ts';
import { schemaOf } from '../../../worker/openapi/parts.ts';
import { Problem } from '../../../worker/openapi/shapes.ts';

/** As it is served. */
const served: unknown = JSON.parse(JSON.stringify(openApiDocument('1.2.3')));
const document = openApiDocument('1.2.3');
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

async function validate(value: unknown) {
  return new Validator().validate(v.parse(v.record(v.string(), v.unknown()), value));
}

describe('openApiDocument', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await validate(served);
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  it('would not be without the description of an answer', async () => {
    const broken = structuredClone(v.parse(v.looseObject({ paths: v.record(v.string(), v.any()) }), served));
    broken.paths['/api/me'].get.responses['200'] = {};
    expect((await validate(broken)).valid).toBe(false);
  });

  it('has an id for each operation, all different', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('refers only to schemas that it has', () => {
    const found = JSON.stringify(served).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g);
    const wanted = new Set(Array.from(found, ([, name = '']) => name));
    expect([...wanted].filter((name) => document.components.schemas[name] === undefined)).toEqual([]);
    expect(wanted.size).toBeGreaterThan(30);
  });

  it('names a path parameter for each pair of braces', () => {
    for (const { path, operation } of operations) {
      const named = operation.parameters.filter((each) => each.in === 'path').map(({ name }) => `{${name}}`);
      expect(named, path).toEqual(path.match(/\{\w+\}/g) ?? []);
    }
  });

  it('says of each operation what refusals look like, in the shape of its dialect', () => {
    for (const { path, method, operation } of operations) {
      if (path === '/models/{model}/{file}') continue;
      const type = /^\/v[12]/.test(path) ? 'application/json' : 'application/problem+json';
      for (const status of ['401', '429', '500'])
        expect(operation.responses[status]?.content, `${method} ${path} ${status}`).toHaveProperty([type]);
    }
    expect(document.paths['/api/heads/{head}']?.put?.responses).toHaveProperty('412');
    expect(document.paths['/api/heads/{head}']?.put?.responses).toHaveProperty('428');
  });

  it('says when to come again after a 429', () => {
    const asked = operations.filter(({ path }) => path !== '/models/{model}/{file}');
    for (const { operation } of asked)
      expect(operation.responses['429']?.headers).toHaveProperty('Retry-After');
  });
});

describe('schemaOf', () => {
  it('refers to a named shape, also within another', () => {
    expect(schemaOf(Problem)).toEqual({ $ref: '#/components/schemas/Problem' });
    expect(schemaOf(v.object({ head: HeadId }))).toEqual({
      type: 'object',
      properties: { head: { $ref: '#/components/schemas/HeadId' } },
      required: ['head'],
    });
  });

  it('writes the pattern that is validated', () => {
    const pattern = document.components.schemas.HeadId?.pattern;
    expect(pattern).toBe('^[a-z0-9][a-z0-9._-]{0,63}$');
    const matches = new RegExp(`${pattern}`);
    for (const id of ['a', 'my-head', '0.x_y', 'A', '', '-a', 'a'.repeat(65)])
      expect(matches.test(id)).toBe(v.is(HeadId, id));
  });
});
