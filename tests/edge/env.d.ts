// The bindings that the `edge` project of vitest.config.ts gives to the tests.
import type { D1Migration } from '@cloudflare/vitest-plugin';
import type { Env } from '../../worker/env.ts';

declare global {
  namespace Cloudflare {
    interface Env extends WorkerEnv {
      readonly TEST_MIGRATIONS: D1Migration[];
    }
  }
}

type WorkerEnv = Env;
