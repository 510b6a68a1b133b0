// npm run lighthouse [-- --json]: Lighthouse on the built app from the real Worker, as a phone and as a desktop has it. Exits
// non-zero where a score is below the bar.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { CHROMIUM_LAUNCH, installChromium } from '../tests/support/chromium.ts';
import { build } from './support/build.ts';
import { fail } from './support/fail.ts';
import { installBench } from './support/install-bench.ts';
import { startWorker } from './support/worker-process.ts';

const BAR = 95;
const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const;
const PORT = 9333;
/** What else the machine does tells on a single run: that of the median performance counts. */
const RUNS = 3;
const Audits = v.record(
  v.string(),
  v.looseObject({ title: v.string(), score: v.nullable(v.number()), displayValue: v.optional(v.string()) }),
);
const Result = v.object({
  lhr: v.object({
    runtimeError: v.optional(v.object({ code: v.string(), message: v.string() })),
    categories: v.record(v.string(), v.looseObject({ score: v.nullable(v.number()) })),
    audits: Audits,
  }),
});

interface Lighthouse {
  default(url: string, flags: object, config?: object): Promise<unknown>;
  readonly desktopConfig: object;
}

interface Run {
  /** Of 100. */
  readonly scores: Readonly<Record<string, number>>;
  readonly findings: readonly string[];
}

try {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  await installBench();
  await build({ quiet: true });
  await installChromium();
  // Not a dependency of the project: it is installed beside the benchmarks.
  const path = '../bench/node_modules/lighthouse/core/index.js';
  const lighthouse: Lighthouse = await import(path);
  const worker = await startWorker({ vars: { ENROLMENT: 'open' } });
  const browser = await startBrowser();
  const scores: Record<string, Run['scores']> = {};
  const findings: string[] = [];
  try {
    for (const device of ['phone', 'desktop'] as const) {
      const runs: Run[] = [];
      for (let run = 0; run < RUNS; run++) runs.push(await ask(lighthouse, `${worker.origin}/`, device));
      runs.sort((a, b) => (a.scores.performance ?? 0) - (b.scores.performance ?? 0));
      const median = runs[RUNS >> 1];
      if (median === undefined) continue;
      scores[device] = median.scores;
      findings.push(...median.findings.map((finding) => `${device}: ${finding}`));
    }
  } finally {
    browser.stop();
    await worker.stop();
  }
  if (values.json) console.log(JSON.stringify({ scores, findings }, null, 2));
  else {
    console.table(scores);
    for (const finding of findings) console.log(`  ${finding}`);
  }
  const low = Object.values(scores).some((of) => Object.values(of).some((score) => score < BAR));
  process.exit(low ? 1 : 0);
} catch (error) {
  fail(error);
}

async function ask(lighthouse: Lighthouse, url: string, device: 'phone' | 'desktop'): Promise<Run> {
  const { lhr } = v.parse(
    Result,
    await lighthouse.default(
      url,
      { port: PORT, onlyCategories: [...CATEGORIES], logLevel: 'error' },
      ...(device === 'desktop' ? [lighthouse.desktopConfig] : []),
    ),
  );
  if (lhr.runtimeError !== undefined)
    throw new Error(
      `Lighthouse could not load the app in this Chromium (${lhr.runtimeError.code}). Name a desktop Chromium or Chrome by CHROMIUM_PATH, for example CHROMIUM_PATH=/usr/bin/chromium.`,
    );
  return {
    scores: Object.fromEntries(
      CATEGORIES.map((name) => [name, Math.round((lhr.categories[name]?.score ?? 0) * 100)]),
    ),
    findings: Object.values(lhr.audits)
      .filter(({ score }) => score !== null && score < 0.9)
      .map(({ title, displayValue }) => `${title} ${displayValue ?? ''}`.trim()),
  };
}

/** Chromium on its own: Playwright takes hold of every page, and Lighthouse's would be aborted. */
async function startBrowser(): Promise<{ stop(): void }> {
  const profile = mkdtempSync(join(tmpdir(), 'topwork-lighthouse-'));
  const child = spawn(
    `${CHROMIUM_LAUNCH.executablePath}`,
    [
      ...(CHROMIUM_LAUNCH.args ?? []),
      ...['--headless', `--remote-debugging-port=${PORT}`, `--user-data-dir=${profile}`, 'about:blank'],
    ],
    { stdio: 'ignore', env: { ...process.env, ...CHROMIUM_LAUNCH.env } },
  );
  const gone = new Promise<never>((_, reject) =>
    child.once('exit', () => reject(new Error('Chromium ended.'))),
  );
  gone.catch(() => {});
  const answers = async () =>
    (await fetch(`http://127.0.0.1:${PORT}/json/version`).catch(() => null))?.ok === true;
  const ready = async () => {
    while (!(await answers())) await new Promise((done) => setTimeout(done, 100));
  };
  await Promise.race([ready(), gone]);
  return {
    stop() {
      child.kill();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
