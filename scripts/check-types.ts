// npm run check:types: every folder with its own tsconfig, and so its own globals.
import { existsSync } from 'node:fs';
import { fail } from './support/fail.ts';
import { run } from './support/run.ts';

const FOLDERS = [
  'src',
  'src/client',
  'worker',
  'app',
  'app/sw',
  'scripts',
  'tests',
  'tests/edge',
  'tests/browser',
  'bench',
  'bench/workers',
];
try {
  for (const folder of FOLDERS.filter((f) => existsSync(`${f}/tsconfig.json`)))
    await run('typescript', ['-p', folder], { bin: 'tsc' });
} catch (error) {
  fail(error);
}
