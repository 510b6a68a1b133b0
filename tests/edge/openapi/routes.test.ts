// Every route of the application is in the document, and nothing else is.
import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../worker/openapi/document.ts';
import { testApp } from '../support/app.ts';

/**
 * The route of the application that answers a documented operation: Hono's router knows no colon within a segment, so
 * that `{model}:predict` is `:model` there; and the trunks' files are the platform's, behind one middleware.
 */
function routeOf(operation: string): string {
  if (operation.startsWith('GET /models/')) return 'GET /models/*';
  return operation.replace(/:(predict|classify)$/, '').replaceAll(/\{(\w+)\}/g, ':$1');
}

/** `METHOD /path` of every route that a caller can ask; middleware for all paths answers none by itself. */
async function appRoutes(): Promise<ReadonlySet<string>> {
  const { app } = await testApp();
  const routes = app.routes.map(({ method, path }) => `${method} ${path.replace(/\{[^}]*\}/g, '')}`);
  const asked = routes.filter((route) => !route.startsWith('ALL '));
  if (routes.includes('ALL /models/*')) asked.push('GET /models/*');
  return new Set(asked.map((route) => route.replace(/([^ ])\/$/, '$1')));
}

describe('the OpenAPI document', () => {
  it('has every route of the application', async () => {
    const documented = new Set(Object.keys(OPERATIONS).map(routeOf));
    expect([...(await appRoutes())].filter((route) => !documented.has(route))).toEqual([]);
  });

  it('has no operation that the application has not', async () => {
    const known = await appRoutes();
    expect(Object.keys(OPERATIONS).filter((operation) => !known.has(routeOf(operation)))).toEqual([]);
  });
});
