// Every route of the application is in the document, and nothing else is.
import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../worker/openapi/document.ts';
import { testApp } from '../support/app.ts';

/**
 * The route of the application that answers a documented operation: Hono's router knows no colon within a segment, so
 * that `{model}:predict` is `:model` there.
 */
function routeOf(operation: string): string {
  return operation.replace(/:(predict|classify)$/, '').replaceAll(/\{(\w+)\}/g, ':$1');
}

/** `METHOD /path` of every route that a caller can ask; middleware answers all methods. */
async function routes(): Promise<ReadonlySet<string>> {
  const { app } = await testApp();
  const asked = app.routes.filter(({ method }) => method !== 'ALL');
  return new Set(
    asked.map(({ method, path }) => `${method} ${path.replace(/\{[^}]*\}/g, '').replace(/(.)\/$/, '$1')}`),
  );
}

describe('the OpenAPI document', () => {
  it('has every route of the application', async () => {
    const documented = new Set(Object.keys(OPERATIONS).map(routeOf));
    expect([...(await routes())].filter((route) => !documented.has(route))).toEqual([]);
  });

  it('has no operation that the application has not', async () => {
    const known = await routes();
    expect(Object.keys(OPERATIONS).filter((operation) => !known.has(routeOf(operation)))).toEqual([]);
  });
});
