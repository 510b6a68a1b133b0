// The real Worker under clients that break the rules of HTTP, or keep it waiting: it answers 4xx or hangs up, and meanwhile
// and afterwards a good prediction answers as it did before.
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE } from '../../scripts/support/fashion.ts';
import { randomFrom } from '../../src/head/random.ts';
import { startWorker } from '../support/worker-process.ts';

const SEED = 20261123;
const CONNECTIONS = 8;
const image = readFileSync(SAMPLE);

let worker: Awaited<ReturnType<typeof startWorker>>;
let good: string;

beforeAll(async () => {
  worker = await startWorker();
  good = await predict();
});
afterAll(() => worker?.stop());

async function predict(): Promise<string> {
  const response = await fetch(`${worker.origin}/api/predict`, { method: 'POST', body: image });
  expect(response.status).toBe(200);
  return response.text();
}

function open(): Socket {
  const socket = connect(Number(new URL(worker.origin).port), '127.0.0.1');
  // To be hung up on is one of the good answers.
  socket.on('error', () => {});
  return socket;
}

const head = (length: number, extra = '') =>
  `POST /api/predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: ${length}\r\n${extra}\r\n`;

/** What a socket gets until it is closed. */
async function answerOf(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(chunks).toString('latin1');
}

describe('the Worker', () => {
  it('answers others while bodies come in slowly, and then these too', async () => {
    const sockets = Array.from({ length: CONNECTIONS }, open);
    for (const socket of sockets) socket.write(`${head(image.length, 'Connection: close\r\n')}`);
    for (const socket of sockets) socket.write(image.subarray(0, 10));
    expect(await predict()).toBe(good);
    const answers = sockets.map(answerOf);
    for (let at = 10; at < image.length; at += 50) {
      for (const socket of sockets) socket.write(image.subarray(at, at + 50));
      expect((await fetch(`${worker.origin}/api/health`)).status).toBe(200);
    }
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('is not stuck when clients hang up in the middle of a body', async () => {
    for (let round = 0; round < 3; round++) {
      const sockets = Array.from({ length: CONNECTIONS }, open);
      await Promise.all(
        sockets.map(
          (socket, i) =>
            new Promise((resolve) => {
              socket.once('close', resolve);
              socket.write(head(image.length));
              socket.write(image.subarray(0, i * 20), () => socket.destroy());
            }),
        ),
      );
      expect(await predict()).toBe(good);
    }
  });

  it('is not stuck when clients hang up while it computes', async () => {
    for (let round = 0; round < 3; round++) {
      const asked = Array.from({ length: CONNECTIONS }, () => {
        const leaving = new AbortController();
        const request = fetch(`${worker.origin}/api/predict`, {
          ...{ method: 'POST', body: image, signal: leaving.signal },
        });
        return { request: request.catch(() => {}), leaving };
      });
      // Once one has its answer, the others are in their turns.
      await Promise.race(asked.map(({ request }) => request));
      for (const { leaving } of asked) leaving.abort();
      expect(await predict()).toBe(good);
    }
  });

  it(`makes no fault of its own of what is no HTTP, seed ${SEED}`, async () => {
    const random = randomFrom(SEED);
    const bytes = (n: number) => Buffer.from(Array.from({ length: n }, () => Math.floor(random() * 256)));
    const lines = [
      'GET\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      `GET /api/health HTTP/1.1\r\nHost: x\r\n${'X: y\r\n'.repeat(5_000)}\r\n`,
      'POST /api/predict HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
      'POST /api/predict HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde',
      'POST /api/predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n0\r\n\r\n',
      'POST /api/predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc',
    ];
    for (const attack of [
      ...lines,
      ...Array.from({ length: 20 }, () => bytes(1 + Math.floor(random() * 500))),
    ]) {
      const socket = open();
      const answer = answerOf(socket);
      socket.end(attack);
      // Of broken chunks and too many headers the local stand-in for Cloudflare's network makes a 500 of its own. What
      // the Worker answers has a request id.
      expect(await answer).not.toMatch(/^HTTP\/1\.1 5.*^x-request-id:/ims);
    }
    expect(await predict()).toBe(good);
  });

  it('refuses a body that is too large, announced or not', async () => {
    const large = new Uint8Array(8 * 1024 * 1024 + 1);
    const announced = await fetch(`${worker.origin}/api/predict`, { method: 'POST', body: large });
    expect(announced.status).toBe(413);
    const streamed = await fetch(`${worker.origin}/api/predict`, {
      ...{ method: 'POST', duplex: 'half' },
      body: new Blob([large]).stream(),
    });
    expect(streamed.status).toBe(413);
    expect(await predict()).toBe(good);
  });

  it('is ready after all that', async () => {
    const response = await fetch(`${worker.origin}/api/health/ready`);
    expect([response.status, await response.json()]).toMatchObject([200, { ready: true }]);
  });
});
