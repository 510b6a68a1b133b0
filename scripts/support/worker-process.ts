// The real Worker in workerd, with D1 and R2 by Miniflare, as a child process: for npm start, the demo, the benchmarks
// and the end-to-end tests alike. The app must have been built (scripts/build.ts).
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { binOf, collect, ended, run } from './run.ts';

const READY_MS = 60_000;
const POLL_MS = 50;

export interface WorkerProcess {
  /** "http://127.0.0.1:8787" */
  readonly origin: string;
  /** Resolves when the process ends, whoever ended it. */
  readonly ended: Promise<number | string>;
  /** Pid of wrangler; workerd is its child. */
  readonly pid: number;
  stop(): Promise<void>;
}

export interface WorkerOptions {
  /** Preferred port; the next free one is taken. Without it, any free port. */
  readonly port?: number;
  /** Folder of the local D1 and R2. */
  readonly persistTo?: string;
  /** Rate limits are off unless said otherwise: one machine is one address. */
  readonly vars?: Readonly<Record<string, string>>;
  /** Configuration of another Worker, one that has no database; ours unless said. */
  readonly config?: string;
  /** Prints what wrangler prints. */
  readonly verbose?: boolean;
  /** Port of V8's inspector, for who measures memory; any free one unless said. */
  readonly inspectorPort?: number;
  /** More arguments of `wrangler dev`. */
  readonly args?: readonly string[];
}

/** Applies the migrations, starts the Worker and resolves when it answers. */
export async function startWorker(options: WorkerOptions = {}): Promise<WorkerProcess> {
  const persistTo = options.persistTo ?? '.wrangler/state';
  if (options.config === undefined)
    await run('wrangler', ['d1', 'migrations', 'apply', 'DB', '--local', '--persist-to', persistTo], {
      quiet: true,
      env: { CI: 'true', ...QUIET },
    });
  const port = await freePort(options.port);
  const vars = Object.entries({ RATE_LIMITS: 'off', ...options.vars }).flatMap(([name, value]) => [
    '--var',
    `${name}:${value}`,
  ]);
  const child = spawn(
    process.execPath,
    [
      binOf('wrangler'),
      'dev',
      '--ip',
      '127.0.0.1',
      '--port',
      String(port),
      '--inspector-port',
      String(options.inspectorPort ?? 0),
      '--persist-to',
      persistTo,
      '--show-interactive-dev-session=false',
      ...(options.config === undefined ? [] : ['--config', options.config]),
      ...vars,
      ...(options.args ?? []),
    ],
    {
      stdio: ['ignore', options.verbose ? 'inherit' : 'pipe', options.verbose ? 'inherit' : 'pipe'],
      env: { ...process.env, ...QUIET },
    },
  );
  const output = collect(child);
  let gone = false;
  const end = ended(child).finally(() => {
    gone = true;
  });
  const origin = `http://127.0.0.1:${port}`;
  const stop = async () => {
    if (!gone) child.kill('SIGTERM');
    await end;
  };
  try {
    await answering(`${origin}/api/health`, () => gone);
  } catch (error) {
    await stop();
    throw new Error(`The Worker did not start: ${error}\n${output()}`);
  }
  return { origin, ended: end, pid: child.pid ?? 0, stop };
}

const QUIET = { WRANGLER_SEND_METRICS: 'false', NO_UPDATE_NOTIFIER: '1' };

/** Asks until there is a good answer. */
async function answering(url: string, gone: () => boolean): Promise<void> {
  const deadline = Date.now() + READY_MS;
  let last: unknown;
  while (Date.now() < deadline) {
    if (gone()) throw new Error('its process ended');
    try {
      const response = await fetch(url);
      if (response.ok) return;
      last = `status ${response.status}`;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`no answer in ${READY_MS / 1000} s, last: ${last}`);
}

/** `wanted` if nobody has it, else the next that is free; any, if none is wanted. */
export async function freePort(wanted = 0): Promise<number> {
  const port = await new Promise<number | null>((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
  if (port !== null) return port;
  return freePort(wanted === 0 ? 0 : wanted + 1);
}
