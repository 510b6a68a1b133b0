// npm run dev: the app by Vite's dev server with hot reload, and behind it the Worker, which wrangler restarts on change.
import { createServer } from 'vite';
import { build } from './support/build.ts';
import { fail } from './support/fail.ts';
import { operatorSecret, seedDefaultHead } from './support/seed.ts';
import { untilStopped } from './support/until-stopped.ts';
import { startWorker } from './support/worker-process.ts';

try {
  await build({ quiet: true });
  const secret = operatorSecret();
  const worker = await startWorker({ port: 8787, verbose: true });
  await untilStopped(worker, async () => {
    await seedDefaultHead(worker.origin, secret, console.log);
    const proxy = { '^/(api|models|v1|v2)(/|$)|^/(docs(\\.css)?|openapi\\.json)$': worker.origin };
    const vite = await createServer({ configFile: 'app/vite.config.ts', server: { port: 5173, proxy } });
    await vite.listen();
    vite.printUrls();
    void worker.ended.finally(() => vite.close());
  });
} catch (error) {
  fail(error);
}
