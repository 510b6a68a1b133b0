// npm start: builds, prepares the local D1 and R2, starts the Worker with a default head, and says what to do next.
import { build } from './support/build.ts';
import { fail } from './support/fail.ts';
import { SAMPLE } from './support/fashion.ts';
import { operatorSecret, seedDefaultHead } from './support/seed.ts';
import { untilStopped } from './support/until-stopped.ts';
import { startWorker } from './support/worker-process.ts';

try {
  console.log('Building the trunk and the app …');
  await build({ quiet: true });
  console.log('Starting the Worker in workerd, with local D1 and R2 …');
  const secret = operatorSecret();
  const worker = await startWorker({ port: Number(process.env.PORT ?? 8787) });
  await untilStopped(worker, async () => {
    await seedDefaultHead(worker.origin, secret, console.log);
    console.log(`
Open     ${worker.origin}
Predict  curl --data-binary @${SAMPLE} -H 'Content-Type: image/png' '${worker.origin}/api/predict?top_k=3'

Ctrl-C stops it.`);
  });
} catch (error) {
  fail(error);
}
