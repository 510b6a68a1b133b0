// The programs that the app shows for an endpoint, as they are copied, run beside a photo against the real Worker.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SNIPPET_LANGUAGES, type SnippetLanguage, snippetOf } from '../../app/ui/parts/snippets.ts';
import { enrol } from '../../scripts/support/edge-client.ts';
import { collect, ended } from '../../scripts/support/run.ts';
import { type Client, createClient } from '../../src/client/client.ts';
import { startWorker } from '../support/worker-process.ts';

const PHOTO = 'tests/golden/image/jpeg-photo.jpg';
const HEAD = 'f3b8a1c2-0d4e-4c59-9f00-000000000001';

/** How each is run by a person who pasted it; a machine without one of these cannot run this test. */
const RUN: Readonly<
  Record<SnippetLanguage, (text: string) => readonly [command: string, ...args: string[]]>
> = {
  curl: (text) => ['sh', '-c', text],
  JavaScript: (text) => [process.execPath, '--input-type=module', '--eval', text],
  Python: (text) => ['python3', '-c', text],
};

let worker: Awaited<ReturnType<typeof startWorker>>;
let folder = '';
let client: Client;
beforeAll(async () => {
  worker = await startWorker();
  folder = mkdtempSync(join(tmpdir(), 'topwork-snippets-'));
  copyFileSync(PHOTO, join(folder, 'photo.jpg'));
  const { token } = await enrol(worker.origin, 'snippets');
  client = createClient({ origin: worker.origin, token });
  const { bytes } = await createClient({ origin: worker.origin }).heads.get('mobilenet-v2');
  await client.heads.put(HEAD, bytes, { replaces: null });
});
afterAll(async () => {
  await worker?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function run(language: SnippetLanguage, token: string | null): Promise<string> {
  const [command, ...args] = RUN[language](snippetOf(language, { origin: worker.origin, head: HEAD, token }));
  const env = { ...process.env, NODE_NO_WARNINGS: '1' };
  const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collect(child);
  await ended(child);
  return output();
}

describe.each(SNIPPET_LANGUAGES)('the example in %s', (language) => {
  it('prints what the head says of the photo, with a key for this head alone', async () => {
    const { token } = await client.keys.create({ name: 'a program', scopes: ['predict'], head: HEAD });
    const { predictions } = await client.predict(new Uint8Array(readFileSync(PHOTO)), { head: HEAD });
    expect(JSON.parse(await run(language, token))).toEqual(predictions);
  });

  it('is refused while a placeholder stands where the key belongs', async () => {
    const { predictions } = await client.predict(new Uint8Array(readFileSync(PHOTO)), { head: HEAD });
    expect(await run(language, null)).not.toContain(predictions[0]?.label);
  });
});
