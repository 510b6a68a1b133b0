// The picture of the camera and the page stay quick while photos are taken and learned, on a processor four times
// slower than this machine's: the built app from the real Worker, with a camera that is real to the page.
import type { Browser, Page } from 'playwright-core';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GARMENTS, readGarments } from '../../scripts/support/fashion.ts';
import { openNewProject } from '../support/app-page.ts';
import { FAKE_CAMERA, launchChromium } from '../support/chromium.ts';
import { startWorker } from '../support/worker-process.ts';

const SLOWER = 4;
/** A garbage collection or a busy machine can fall into any one run: the median counts. */
const RUNS = 3;
const PHOTOS = 16;
const PATIENCE_MS = 90_000;

const Recorded = v.object({ tasks: v.array(v.number()), frames: v.array(v.number()) });
const Trace = v.object({
  traceEvents: v.array(
    v.object({
      ...{ name: v.string(), pid: v.number(), tid: v.number() },
      tdur: v.optional(v.number()),
      args: v.optional(v.looseObject({ name: v.optional(v.unknown()) })),
    }),
  ),
});

interface Run {
  /** Of the longest task by the clock, as a PerformanceObserver tells it, ms; 0: none was over 50. */
  readonly longest: number;
  /** Of the longest task by the processor's time: what others do on this machine is not in it, ms. */
  readonly busiest: number;
  readonly framesPerSecond: number;
  /** Longest time between two frames of the preview, ms. */
  readonly pause: number;
}

let worker: Awaited<ReturnType<typeof startWorker>>;
let browser: Browser;

beforeAll(async () => {
  worker = await startWorker({ seed: false });
  browser = await launchChromium(FAKE_CAMERA);
});
afterAll(async () => {
  await browser?.close();
  await worker?.stop();
});

/** From now on, the page notes its long tasks and when the preview shows a frame. */
function record(page: Page): Promise<unknown> {
  return page.evaluate(`{
    const recorded = { tasks: [], frames: [] };
    window.recorded = recorded;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) recorded.tasks.push(duration);
    }).observe({ type: 'longtask' });
    const video = document.querySelector('.camera video');
    const note = (now) => { recorded.frames.push(now); video.requestVideoFrameCallback(note); };
    video.requestVideoFrameCallback(note);
  }`);
}

/** Processor time of the longest task on a page's main thread, ms. */
function busiestTask(trace: Buffer): number {
  const { traceEvents } = v.parse(Trace, JSON.parse(trace.toString('utf8')));
  const threadOf = ({ pid, tid }: { readonly pid: number; readonly tid: number }) => `${pid} ${tid}`;
  const main = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(threadOf),
  );
  const tasks = traceEvents.filter(
    (event) => event.name === 'ThreadControllerImpl::RunTask' && main.has(threadOf(event)),
  );
  expect(tasks.length).toBeGreaterThan(100);
  return tasks.reduce((most, { tdur = 0 }) => Math.max(most, tdur / 1000), 0);
}

const photosOf = async (page: Page) =>
  Number.parseInt((await page.locator('.class-choose .note').last().textContent()) ?? '', 10);

/** Shoots one class until there is enough, and waits until both are learned. */
async function shootAndLearn(): Promise<Run> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true });
  try {
    const page = await context.newPage();
    await openNewProject(page, worker.origin, ['boot', 'pattern']);
    const boots = readGarments('train', 12).filter(({ label }) => GARMENTS[label] === 'ankle-boot');
    await page.locator('.teach-dock input[type=file]').setInputFiles(
      boots.map(({ bytes }, i) => ({
        ...{ name: `${i}.png`, mimeType: 'image/png', buffer: Buffer.from(bytes) },
      })),
    );
    await page.locator('.class-choose').first().getByText('12 photos').waitFor({ timeout: PATIENCE_MS });
    await page.locator('.class-choose').last().click();
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.locator('.camera[data-state="on"]').waitFor();
    await page.locator('.shutter').hover();

    const devtools = await context.newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
    await record(page);
    await browser.startTracing(page, { categories: ['toplevel'] });
    await page.mouse.down();
    await expect.poll(() => photosOf(page), { timeout: PATIENCE_MS }).toBeGreaterThanOrEqual(PHOTOS);
    await page.mouse.up();
    await page.locator('.live-name').waitFor({ timeout: PATIENCE_MS });
    const busiest = busiestTask(await browser.stopTracing());
    const { tasks, frames } = v.parse(Recorded, await page.evaluate('window.recorded'));
    const gaps = frames.slice(1).map((at, i) => at - (frames[i] ?? at));
    const seconds = gaps.reduce((sum, gap) => sum + gap, 0) / 1000;
    return {
      ...{ longest: Math.max(0, ...tasks), busiest: Math.round(busiest) },
      ...{ framesPerSecond: Math.round(gaps.length / seconds), pause: Math.round(Math.max(0, ...gaps)) },
    };
  } finally {
    await context.close();
  }
}

describe('taking and learning photos on a slow phone', () => {
  it('keeps the preview going, and prints its longest task', async () => {
    const runs: Run[] = [];
    for (let run = 0; run < RUNS; run++) runs.push(await shootAndLearn());
    console.table(runs);
    const median = (of: (run: Run) => number) => runs.map(of).toSorted((a, b) => a - b)[RUNS >> 1];
    // Figures of this machine: they are printed, and time is not what a test depends on. What must hold anywhere: the
    // preview goes on while photos are taken and learned.
    console.log(`median: longest task ${median(({ busiest }) => busiest)} ms of processor time`);
    expect(median(({ framesPerSecond }) => framesPerSecond)).toBeGreaterThan(0);
  });
});
