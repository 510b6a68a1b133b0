// npm test: builds, runs every Vitest project (arguments are passed on), and closes with one line of counts.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import * as v from 'valibot';
import { build } from './support/build.ts';
import { run } from './support/run.ts';

const REPORT = '.cache/test-report.json';
const Report = v.object({
  numPassedTests: v.number(),
  numFailedTests: v.number(),
  numPendingTests: v.number(),
});

let failed = false;
mkdirSync('.cache', { recursive: true });
rmSync(REPORT, { force: true });
try {
  await build({ quiet: true });
  await run('vitest', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${REPORT}`,
    ...process.argv.slice(2),
  ]);
} catch (error) {
  failed = true;
  console.error(error instanceof Error ? error.message : error);
}
try {
  const report = v.parse(Report, JSON.parse(readFileSync(REPORT, 'utf8')));
  console.log(
    `${report.numPassedTests} passed, ${report.numFailedTests} failed, ${report.numPendingTests} skipped`,
  );
  if (report.numPassedTests === 0) failed = true;
} catch {
  console.log('0 passed, 1 failed');
  failed = true;
}
process.exit(failed ? 1 : 0);
