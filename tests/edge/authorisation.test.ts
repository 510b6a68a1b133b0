// Every route x every principal. A route of the application that is not in the table fails the test.
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/contract/digest.ts';
import { OPERATOR_SECRET, problem, type RequestOptions, type TestApp, testApp } from './support/app.ts';
import { headFile } from './support/heads.ts';
import { enrol, makeKey, openLink, send } from './support/identities.ts';

const START = Date.UTC(2026, 0, 1);

/** Whoever shows one of these is refused everywhere, even where no token is needed. */
const INVALID = ['malformed token', 'unknown token', 'revoked device', 'revoked key', 'expired key'] as const;
/** In the order of the columns of the table. */
const VALID = [
  'anonymous',
  'key: predict',
  'key: predict, heads:read',
  'key of this head: predict, heads:read',
  'key of another head: predict, heads:read',
  'device of the owner',
  'second device of the owner',
  'device of another owner',
  'operator',
] as const;
type Name = (typeof INVALID)[number] | (typeof VALID)[number];

let edge: TestApp;
let now = START;
let tokens: Record<Name, string | undefined>;
let owner: string;
let first: Uint8Array<ArrayBuffer>;
let second: Uint8Array<ArrayBuffer>;
let former: string;
let current: string;

beforeAll(async () => {
  edge = await testApp((deps) => ({
    now: () => now,
    // The tiny trunk has no such file.
    catalog: {
      ...deps.catalog,
      file: async (name, path) =>
        path === 'conformance.json' ? new Uint8Array() : deps.catalog.file(name, path),
    },
  }));
  first = headFile(edge.trunk.manifest);
  second = headFile(edge.trunk.manifest, { bias: 1 });
  former = await sha256Hex(first);
  current = await sha256Hex(second);
  owner = (await enrol(edge)).token;
  await remakeHead('mine');
  await remakeHead('mine-too');
  await remakeHead('shared');
  await send(edge, 'PATCH', '/api/heads/shared', { visibility: 'public' }, { token: owner });
  await edge.request('/api/heads/tiny', {
    ...{ method: 'PUT', token: OPERATOR_SECRET, headers: { 'If-None-Match': '*' }, body: first },
  });
  const join = async () => enrol(edge, { link: await openLink(edge, owner) });
  const revoked = await join();
  await edge.request(`/api/devices/${revoked.device}`, { method: 'DELETE', token: owner });
  const revokedKey = await makeKey(edge, owner);
  await edge.request(`/api/keys/${revokedKey.id}`, { method: 'DELETE', token: owner });
  const key = async (rest: object) => (await makeKey(edge, owner, rest)).token;
  const scopes = ['predict', 'heads:read'];
  tokens = {
    'malformed token': 'two words',
    'unknown token': `tw_${'A'.repeat(43)}`,
    'revoked device': revoked.token,
    'revoked key': revokedKey.token,
    'expired key': await key({ scopes, expiresAt: new Date(START + 1).toISOString() }),
    anonymous: undefined,
    'key: predict': await key({}),
    'key: predict, heads:read': await key({ scopes }),
    'key of this head: predict, heads:read': await key({ scopes, head: 'mine' }),
    'key of another head: predict, heads:read': await key({ scopes, head: 'mine-too' }),
    'device of the owner': owner,
    'second device of the owner': (await join()).token,
    'device of another owner': (await enrol(edge)).token,
    operator: OPERATOR_SECRET,
  };
  now = START + 1;
});

/** The owner's head of this id, with two revisions, whatever was there. */
async function remakeHead(id: string): Promise<void> {
  const path = `/api/heads/${id}`;
  await edge.request(path, { method: 'DELETE', token: owner });
  const put = (headers: Record<string, string>, body: BodyInit) =>
    edge.request(path, { method: 'PUT', token: owner, headers, body });
  expect((await put({ 'If-None-Match': '*' }, first)).status).toBe(201);
  expect((await put({ 'If-Match': '*' }, second)).status).toBe(200);
}

interface Row {
  /** As the application names it. */
  readonly route: string;
  /** Where the route has more than one row. */
  readonly when?: string;
  /** Status for each of `VALID`. */
  readonly statuses: readonly number[];
  /** Status for each of `INVALID`, where it is not 401: nobody's token is looked at. */
  readonly invalid?: number;
  /** The path and the rest of the request; runs before each request. */
  readonly request: () => Promise<readonly [path: string, options?: RequestOptions]>;
}

/** A row for a public resource. */
const everybody = (status: number) => VALID.map(() => status);
const get = (path: string) => async () => [path] as const;
const json = (body: unknown): RequestOptions => ({
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});
/** Who may predict with the owner's private head. */
const PREDICTING = [404, 200, 200, 200, 404, 200, 200, 404, 404];
const tensor = (name: string, shape: readonly number[]) => ({
  ...{ name, shape, datatype: 'FP32', data: Array.from({ length: shape.reduce((a, b) => a * b) }, () => 0) },
});
const infer = (rest: object) => json({ inputs: [tensor('features', [1, 4])], ...rest });
const inferMine = () => infer({ parameters: { head: 'mine' } });
/** The body of TensorFlow Serving's :predict, a black image. */
const instances = () => {
  const { size } = edge.trunk.manifest.defaults;
  const row = Array.from({ length: size }, () => [0, 0, 0]);
  return json({ signature_name: 'mine', instances: [Array.from({ length: size }, () => row)] });
};
/** A request on the owner's head `mine`, which it finds as new; the path is read late, when the revisions are known. */
const after =
  (path: () => string, options: () => RequestOptions = () => ({})) =>
  async () => {
    await remakeHead('mine');
    return [path(), options()] as const;
  };
const onMine = (tail = '', options?: () => RequestOptions) => after(() => `/api/heads/mine${tail}`, options);
const features = (query: string) => async () =>
  [
    `/api/predict${query}`,
    { headers: { 'X-Topwork-Features': '4' }, body: Float32Array.of(1, 2, 3, 4) },
  ] as const;

//  anonymous | key: predict | key: +read | key of this head | of another | device | second | stranger's | operator
const ROWS: readonly Row[] = [
  { route: 'GET /api/health', statuses: everybody(200), request: get('/api/health') },
  { route: 'GET /api/health/ready', statuses: everybody(200), request: get('/api/health/ready') },
  {
    route: 'GET /api/stats',
    statuses: [401, 403, 403, 403, 403, 403, 403, 403, 200],
    request: get('/api/stats'),
  },
  {
    route: 'ALL /models/*',
    statuses: everybody(200),
    invalid: 200,
    request: async () => ['/models/tiny/model.json', { method: 'GET' }],
  },
  {
    route: 'GET /api/models/:model/conformance',
    statuses: everybody(200),
    request: get('/api/models/tiny/conformance'),
  },
  { route: 'GET /api/models', statuses: everybody(200), request: get('/api/models') },
  { route: 'GET /api/models/:model', statuses: everybody(200), request: get('/api/models/tiny') },
  { route: 'GET /api/models/:model/bn', statuses: everybody(200), request: get('/api/models/tiny/bn') },
  {
    route: 'GET /api/me',
    statuses: [401, 200, 200, 200, 200, 200, 200, 200, 200],
    request: get('/api/me'),
  },
  {
    route: 'POST /api/devices',
    statuses: [201, 403, 403, 403, 403, 201, 201, 201, 201],
    request: async () => ['/api/devices', json({ name: 'x' })],
  },
  {
    route: 'POST /api/devices',
    when: 'with a link code',
    statuses: [201, 403, 403, 403, 403, 201, 201, 201, 201],
    request: async () => ['/api/devices', json({ name: 'x', link: await openLink(edge, owner) })],
  },
  {
    route: 'GET /api/devices',
    statuses: [401, 403, 403, 403, 403, 200, 200, 200, 403],
    request: get('/api/devices'),
  },
  {
    route: 'DELETE /api/devices/:id',
    statuses: [401, 403, 403, 403, 403, 204, 204, 404, 403],
    request: async () => {
      const { device } = await enrol(edge, { link: await openLink(edge, owner) });
      return [`/api/devices/${device}`];
    },
  },
  {
    route: 'POST /api/links',
    statuses: [401, 403, 403, 403, 403, 201, 201, 201, 403],
    request: get('/api/links'),
  },
  {
    route: 'GET /api/keys',
    statuses: [401, 403, 403, 403, 403, 200, 200, 200, 403],
    request: get('/api/keys'),
  },
  {
    route: 'POST /api/keys',
    statuses: [401, 403, 403, 403, 403, 201, 201, 201, 403],
    request: async () => ['/api/keys', json({ name: 'x' })],
  },
  {
    route: 'POST /api/keys',
    when: 'for a head of the owner',
    statuses: [401, 403, 403, 403, 403, 201, 201, 404, 403],
    request: async () => ['/api/keys', json({ name: 'x', head: 'mine' })],
  },
  {
    route: 'DELETE /api/keys/:id',
    statuses: [401, 403, 403, 403, 403, 204, 204, 404, 403],
    request: async () => [`/api/keys/${(await makeKey(edge, owner)).id}`],
  },
  {
    route: 'GET /api/heads',
    statuses: [200, 403, 200, 200, 200, 200, 200, 200, 200],
    request: get('/api/heads'),
  },
  {
    route: 'PUT /api/heads/:head',
    when: 'to replace it',
    statuses: [401, 403, 403, 403, 403, 200, 200, 404, 404],
    request: onMine('', () => ({ headers: { 'If-Match': `"${current}"` }, body: first })),
  },
  {
    route: 'GET /api/heads/:head',
    statuses: [404, 403, 200, 200, 404, 200, 200, 404, 404],
    request: onMine(),
  },
  {
    route: 'GET /api/heads/:head',
    when: 'of a public head',
    statuses: [200, 403, 200, 404, 404, 200, 200, 200, 200],
    request: get('/api/heads/shared'),
  },
  {
    route: 'PATCH /api/heads/:head',
    statuses: [401, 403, 403, 403, 403, 200, 200, 404, 404],
    request: onMine('', () => json({ title: 'x' })),
  },
  {
    route: 'PATCH /api/heads/:head',
    when: 'of a public head',
    statuses: [401, 403, 403, 403, 403, 200, 200, 404, 404],
    request: async () => ['/api/heads/shared', json({ title: 'x' })],
  },
  {
    route: 'DELETE /api/heads/:head',
    statuses: [401, 403, 403, 403, 403, 204, 204, 404, 404],
    request: onMine(),
  },
  {
    route: 'GET /api/heads/:head/revisions',
    statuses: [404, 403, 200, 200, 404, 200, 200, 404, 404],
    request: onMine('/revisions'),
  },
  {
    route: 'GET /api/heads/:head/revisions/:digest',
    statuses: [404, 403, 200, 200, 404, 200, 200, 404, 404],
    request: after(() => `/api/heads/mine/revisions/${former}`),
  },
  {
    route: 'GET /api/heads/:head/revisions/:digest',
    when: 'of a public head, a former one',
    statuses: [404, 403, 200, 404, 404, 200, 200, 404, 404],
    request: async () => [`/api/heads/shared/revisions/${former}`],
  },
  {
    route: 'POST /api/heads/:head/rollback',
    statuses: [401, 403, 403, 403, 403, 200, 200, 404, 404],
    request: onMine('/rollback', () => ({
      headers: { 'Content-Type': 'application/json', 'If-Match': `"${current}"` },
      body: JSON.stringify({ to: former }),
    })),
  },
  {
    route: 'POST /api/predict',
    statuses: [404, 200, 200, 200, 404, 200, 200, 404, 404],
    request: features('?head=mine'),
  },
  {
    route: 'POST /api/predict',
    when: 'with a public head',
    statuses: [200, 200, 200, 404, 404, 200, 200, 200, 200],
    request: features('?head=shared'),
  },
  {
    route: 'POST /api/predict',
    when: 'with the default head',
    statuses: [200, 200, 200, 404, 404, 200, 200, 200, 200],
    request: features(''),
  },
  // KServe: a model's version is a revision of a head.
  { route: 'GET /v2', statuses: everybody(200), request: get('/v2') },
  { route: 'GET /v2/health/live', statuses: everybody(200), request: get('/v2/health/live') },
  { route: 'GET /v2/health/ready', statuses: everybody(200), request: get('/v2/health/ready') },
  {
    route: 'GET /v2/models/:model',
    statuses: PREDICTING,
    request: after(() => '/v2/models/tiny?head=mine'),
  },
  {
    route: 'GET /v2/models/:model/versions/:version',
    statuses: PREDICTING,
    request: after(() => `/v2/models/tiny/versions/${former}?head=mine`),
  },
  {
    route: 'GET /v2/models/:model/ready',
    statuses: PREDICTING,
    request: after(() => '/v2/models/tiny/ready?head=mine'),
  },
  {
    route: 'GET /v2/models/:model/versions/:version/ready',
    statuses: PREDICTING,
    request: after(() => `/v2/models/tiny/versions/${former}/ready?head=mine`),
  },
  {
    route: 'POST /v2/models/:model/infer',
    statuses: PREDICTING,
    request: after(() => '/v2/models/tiny/infer', inferMine),
  },
  {
    route: 'POST /v2/models/:model/infer',
    when: 'with the default head',
    statuses: [200, 200, 200, 404, 404, 200, 200, 200, 200],
    request: async () => ['/v2/models/tiny/infer', infer({})],
  },
  {
    route: 'POST /v2/models/:model/versions/:version/infer',
    statuses: PREDICTING,
    request: after(() => `/v2/models/tiny/versions/${former}/infer`, inferMine),
  },
  {
    route: 'POST /v2/models/:model/versions/:version/infer',
    when: 'with a former revision of a public head',
    statuses: [404, 200, 200, 404, 404, 200, 200, 404, 404],
    request: async () => [
      `/v2/models/tiny/versions/${former}/infer`,
      infer({ parameters: { head: 'shared' } }),
    ],
  },
  { route: 'POST /v2/repository/index', statuses: everybody(200), request: get('/v2/repository/index') },
  {
    route: 'POST /v2/repository/models/:model/:action{load|unload}',
    statuses: everybody(400),
    request: get('/v2/repository/models/tiny/load'),
  },
  // TensorFlow Serving: a signature is a head, a version its revision.
  { route: 'GET /v1/models', statuses: everybody(200), request: get('/v1/models') },
  {
    route: 'GET /v1/models/:model',
    statuses: PREDICTING,
    request: after(() => '/v1/models/tiny?signature_name=mine'),
  },
  {
    route: 'GET /v1/models/:model/versions/:version',
    statuses: PREDICTING,
    request: after(() => `/v1/models/tiny/versions/${former}?signature_name=mine`),
  },
  {
    route: 'GET /v1/models/:model/metadata',
    statuses: PREDICTING,
    request: after(() => '/v1/models/tiny/metadata?signature_name=mine'),
  },
  {
    route: 'GET /v1/models/:model/versions/:version/metadata',
    statuses: PREDICTING,
    request: after(() => `/v1/models/tiny/versions/${former}/metadata?signature_name=mine`),
  },
  {
    route: 'POST /v1/models/:model',
    when: 'to predict',
    statuses: PREDICTING,
    request: after(() => '/v1/models/tiny:predict', instances),
  },
  {
    route: 'POST /v1/models/:model/versions/:version',
    when: 'to predict',
    statuses: PREDICTING,
    request: after(() => `/v1/models/tiny/versions/${former}:predict`, instances),
  },
];

/** What only passes requests on; the application does not tell it from a route for all methods. */
const MIDDLEWARE = ['ALL /*', 'ALL /api/models/*', 'ALL /api/models/:model/conformance'];

/** Codes that may stand behind a refusal of each status. */
const CODES: Readonly<Record<number, readonly string[]>> = {
  401: ['unauthorized'],
  403: ['forbidden'],
  404: ['head_not_found', 'device_not_found', 'key_not_found'],
};

describe('the authorisation matrix', () => {
  it('has every route of the application, and no other', () => {
    const served = new Set(edge.app.routes.map(({ method, path }) => `${method} ${path}`));
    for (const pattern of MIDDLEWARE) expect(served.delete(pattern), pattern).toBe(true);
    expect([...new Set(ROWS.map(({ route }) => route))].sort()).toEqual([...served].sort());
  });

  const cells = ROWS.flatMap((row) => {
    const what = row.when === undefined ? row.route : `${row.route}, ${row.when}`;
    return [
      ...INVALID.map((name) => [what, name, row.invalid ?? 401, row] as const),
      ...VALID.map((name, column) => [what, name, row.statuses[column] ?? Number.NaN, row] as const),
    ];
  });

  it.each(cells)('%s: %s gets %i', async (_, name, status, row) => {
    // Requests that prepare the ground come from the owner; the one that is judged, from this principal.
    const [path, options] = await row.request();
    const token = tokens[name];
    const response = await edge.request(path, {
      method: row.route.split(' ', 1)[0] ?? 'GET',
      ...options,
      ...(token === undefined ? {} : { token }),
    });
    expect(response.status).toBe(status);
    if (status < 400) return;
    // The borrowed dialects have errors of their own, without a code.
    if (/^\/v[12]/.test(path)) expect(await response.json()).toEqual({ error: expect.any(String) });
    else expect(CODES[status]).toContain((await problem(response)).code);
  });
});
