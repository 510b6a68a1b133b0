// What the `edge` project of vitest.config.ts gives to the tests: the Worker's bindings, the Worker, the migrations.
import type { D1Migration } from '@cloudflare/vitest-plugin';
import type { Env } from '../../worker/env.ts';

type WorkerEnv = Env;

declare global {
  namespace Cloudflare {
    interface Env extends WorkerEnv {
      readonly TEST_MIGRATIONS: D1Migration[];
    }
    interface GlobalProps {
      mainModule: typeof import('../../worker/index.ts');
    }
  }
}
