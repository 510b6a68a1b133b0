// A program's tasks, shared by threads that each have an instance of this module on one memory. Whoever is free claims
// the next task once all are done that it needs; so nobody waits for a thread that is late, or never comes.
import { run } from './run';

// What the threads tell each other by, in cache lines of their own. Counts go on over all runs.
/** Tasks claimed. */
const CLAIMED: usize = 1024;
/** Tasks there are. */
const GIVEN: usize = 1152;
const DONE: usize = 1280;
/** Changes when there is something new for those that wait here. */
const NEWS: usize = 1408;
const STOPPED: usize = 1412;
/** The count at which this run began, and where its tasks are. */
const BASE: usize = 1416;
const TASKS: usize = 1420;

/** Looks that a thread takes before it sleeps, some tenths of a millisecond: longer than any task makes it wait. */
const LOOKS: i32 = 100_000;
const NAP_NS: i64 = 200_000;

/**
 * For the thread that wants the result: runs tasks together with those that serve.
 * @param tasks three words each: how many before it have to be done, and the addresses of its program
 * @param naps that it waits for the tasks of others
 * @returns 0 when they did not end
 */
export function share(tasks: usize, count: i32, naps: i32): i32 {
  const base = atomic.load<i32>(GIVEN);
  const all = base + count;
  store<i32>(BASE, base);
  store<usize>(TASKS, tasks);
  atomic.store<i32>(GIVEN, all);
  tell();
  naps = help(naps);
  let done = atomic.load<i32>(DONE);
  for (let looks = 0; done != all && naps > 0; looks++) {
    if (looks > LOOKS) {
      atomic.wait<i32>(DONE, done, NAP_NS);
      naps--;
    }
    done = atomic.load<i32>(DONE);
  }
  return done == all ? 1 : 0;
}

/** For every other thread: returns when it is stopped. */
export function serve(): void {
  while (true) {
    const news = atomic.load<i32>(NEWS);
    if (atomic.load<i32>(STOPPED)) return;
    help(i32.MAX_VALUE);
    atomic.wait<i32>(NEWS, news, -1);
  }
}

/** Ends those that serve. */
export function stop(): void {
  atomic.store<i32>(STOPPED, 1);
  tell();
}

function tell(): void {
  atomic.add<i32>(NEWS, 1);
  atomic.notify(NEWS, -1);
}

/** Runs tasks until all are claimed, or no naps are left. @returns how many are */
function help(naps: i32): i32 {
  let looks = 0;
  while (naps > 0) {
    const next = atomic.load<i32>(CLAIMED);
    if (next - atomic.load<i32>(GIVEN) >= 0) break;
    // What is read here is this run's, if nobody else claims the task meanwhile.
    const base = load<i32>(BASE);
    const task = load<usize>(TASKS) + <usize>(next - base) * 12;
    const done = atomic.load<i32>(DONE);
    if (done - base < load<i32>(task)) {
      if (++looks > LOOKS) {
        atomic.wait<i32>(DONE, done, NAP_NS);
        naps--;
      }
      continue;
    }
    const at = load<usize>(task, 4), end = load<usize>(task, 8);
    if (atomic.cmpxchg<i32>(CLAIMED, next, next + 1) != next) continue;
    run(at, end);
    atomic.add<i32>(DONE, 1);
    looks = 0;
  }
  return naps;
}
