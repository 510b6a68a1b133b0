// Every route of the application, under requests that nobody means well by. Whatever comes, the answer is no 5xx, nothing
// is logged as our own fault, and after each batch a good prediction answers as it did before.
import { beforeAll, describe, expect, it } from 'vitest';
import { OPERATOR_SECRET, type TestApp, testApp } from '../support/app.ts';
import { headFile } from '../support/heads.ts';
import { type Attack, createAttacks, type Sample } from './requests.ts';
import { validSamples } from './samples.ts';

const SEEDS = [1, 2, 3];
/** Attacks on each route, for each seed. */
const ROUNDS = 30;

let edge: TestApp;
let samples: readonly Sample[];
let token: string;
let good: string;

beforeAll(async () => {
  // The tiny trunk has every file but this one.
  const golden = new Uint8Array(new TextEncoder().encode('{}'));
  edge = await testApp(({ catalog }) => ({
    catalog: {
      ...catalog,
      file: async (name, path) => (path === 'conformance.json' ? golden : catalog.file(name, path)),
    },
  }));
  samples = await validSamples(edge.trunk.manifest);
  token = await edge.enrol();
  const put = (id: string, owner: string) =>
    edge.request(`/api/heads/${id}`, {
      ...{ method: 'PUT', token: owner, headers: { 'If-None-Match': '*' } },
      body: headFile(edge.trunk.manifest),
    });
  expect([(await put('tiny', OPERATOR_SECRET)).status, (await put('mine', token)).status]).toEqual([
    201, 201,
  ]);
  good = await predict();
});

/** With the operator's head, which no attack may change, on an image and on features. */
async function predict(): Promise<string> {
  const answers = await Promise.all(
    samples
      .filter(({ name }) => name === 'features' || name === 'jpeg-photo.jpg')
      .map(({ headers, body }) => edge.request('/api/predict?head=tiny', { method: 'POST', headers, body })),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  return (await Promise.all(answers.map((answer) => answer.text()))).join();
}

/** What can be sent again: the path, the headers, and the body in base64. */
function printed({ method, path, headers, body }: Attack): string {
  const text = body === null ? '' : btoa(String.fromCharCode(...body.subarray(0, 4_000)));
  return `${method} ${path} ${JSON.stringify(headers)} ${text}`;
}

async function send({ method, path, headers, body }: Attack, i: number): Promise<number> {
  const authorization = i % 4 === 0 ? {} : { Authorization: `Bearer ${i % 16 === 1 ? 'two words' : token}` };
  const response = await edge.app.request(path, { method, headers: { ...headers, ...authorization }, body });
  await response.arrayBuffer();
  return response.status;
}

describe('every door', () => {
  it.each(SEEDS)('holds against broken requests, seed %i', async (seed) => {
    const attack = createAttacks(seed, samples);
    const routes = edge.app.routes
      .filter(({ path }) => path !== '/*')
      .map(({ method, path }) => [method === 'ALL' ? 'GET' : method, path] as const);
    const doors = [...new Map(routes.map((route) => [route.join(' '), route])).values()];
    expect(doors.length).toBeGreaterThan(30);
    const statuses = new Map<number, number>();
    for (const [method, pattern] of doors) {
      for (let i = 0; i < ROUNDS; i++) {
        const each = attack(method, pattern);
        const before = edge.logged.length;
        const status = await send(each, i);
        const faults = edge.logged.slice(before).filter(({ level }) => level === 'error');
        if (status >= 500 || faults.length > 0)
          expect.fail(`${status} for ${printed(each)}\n${faults.map(({ error }) => error).join('\n')}`);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
      expect(await predict()).toBe(good);
    }
    // The attacks are no noise alone: some get through, and many different checks are reached.
    expect(statuses.get(200) ?? 0).toBeGreaterThan(0);
    expect([...statuses.keys()].filter((status) => status >= 400).length).toBeGreaterThan(5);
  });
});
