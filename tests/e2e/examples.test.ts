// Every example of the documentation, as it is printed there, run against the real Worker: it must end well, print what
// the document says of that answer, and in all languages the same.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floatsOf } from '../../scripts/support/conformance-golden.ts';
import { enrol } from '../../scripts/support/edge-client.ts';
import { collect, ended } from '../../scripts/support/run.ts';
import { Conformance } from '../../src/contract/conformance.ts';
import { EXAMPLES, type Example, LANGUAGES, type Language } from '../../worker/openapi/examples.ts';
import { operationOf, schemaErrors } from '../support/documented.ts';
import { startWorker } from '../support/worker-process.ts';

/** How a language runs a text; and what must be there for it. */
const RUNNERS: Readonly<
  Record<
    Language,
    { readonly command: string; readonly args: (text: string) => string[]; readonly needs: string }
  >
> = {
  curl: { command: 'sh', args: (text) => ['-c', text], needs: 'curl' },
  JavaScript: {
    command: process.execPath,
    args: (text) => ['--input-type=module', '--eval', text],
    needs: process.execPath,
  },
  Python: { command: 'python3', args: (text) => ['-c', text], needs: 'python3' },
};

let worker: Awaited<ReturnType<typeof startWorker>>;
let folder = '';
let token = '';

beforeAll(async () => {
  worker = await startWorker();
  folder = mkdtempSync(join(tmpdir(), 'topwork-examples-'));
  copyFileSync('tests/golden/image/jpeg-photo.jpg', join(folder, 'photo.jpg'));
  const head = await fetch(`${worker.origin}/api/heads/mobilenet-v2`);
  writeFileSync(join(folder, 'head.safetensors'), new Uint8Array(await head.arrayBuffer()));
  const golden = await fetch(`${worker.origin}/api/models/mobilenet-v2/conformance`);
  const [photo] = v.parse(Conformance, await golden.json()).images;
  const features = floatsOf(photo?.expected[0]?.features ?? '');
  writeFileSync(join(folder, 'features.f32'), new Uint8Array(features.buffer));
  token = (await enrol(worker.origin, 'examples')).token;
});
afterAll(async () => {
  await worker?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function isThere(language: Language): boolean {
  const { needs } = RUNNERS[language];
  const there = spawnSync(needs, ['--version']).status === 0;
  if (!there) console.warn(`The examples in ${language} are not run: there is no ${needs} on this machine.`);
  return there;
}

const present = LANGUAGES.filter(isThere);

async function run({ code }: Example, language: Language): Promise<unknown> {
  const { command, args } = RUNNERS[language];
  const env = { ...process.env, ORIGIN: worker.origin, TOKEN: token, NODE_NO_WARNINGS: '1' };
  const child = spawn(command, args(code[language]), { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collect(child);
  const status = await ended(child);
  if (status !== 0) throw new Error(`It ended with ${status}: ${output()}`);
  return JSON.parse(output());
}

/** What is another one at each call. */
const Fleeting = v.looseObject({ id: v.string(), token: v.string(), createdAt: v.string() });
function lasting(answer: unknown): unknown {
  const { success, output } = v.safeParse(Fleeting, answer);
  return success ? { ...output, id: '', token: '', createdAt: '' } : answer;
}

describe('the examples', () => {
  it('are there in every dialect, and each names an operation of the document', () => {
    const tags = new Set(EXAMPLES.map(({ operation }) => operationOf(operation).tags[0]));
    for (const tag of ['Predict', 'KServe v2', 'TensorFlow Serving v1']) expect(tags).toContain(tag);
    for (const { tag, operation } of EXAMPLES) expect(operationOf(operation).tags).toEqual([tag]);
  });

  it('run in JavaScript at least', () => {
    expect(present).toContain('JavaScript');
  });

  describe.each(EXAMPLES)('$id', (example) => {
    const answers = new Map<Language, unknown>();

    it.for(LANGUAGES)('runs in %s and prints what the document says', async (language, { skip }) => {
      skip(!present.includes(language), `${RUNNERS[language].needs} is not there`);
      const answer = await run(example, language);
      const good = Object.entries(operationOf(example.operation).responses).filter(
        ([status]) => status < '300',
      );
      const fits = good.map(([, { content }]) =>
        schemaErrors(content?.['application/json']?.schema ?? {}, answer),
      );
      expect(fits[0], JSON.stringify(answer)).toEqual([]);
      answers.set(language, lasting(answer));
    });

    it('gives the same in all languages', () => {
      const [first] = answers.values();
      expect(first).toBeDefined();
      for (const answer of answers.values()) expect(answer).toEqual(first);
    });
  });
});
