// npm run seed -- <origin>: trains the default head on the committed images and puts it, with the operator's secret
// from the environment variable OPERATOR_SECRET.
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { AppError } from '../src/contract/errors.ts';
import { fail } from './support/fail.ts';
import { seedDefaultHead } from './support/seed.ts';

const Options = v.object({
  origin: v.pipe(v.string(), v.url()),
  secret: v.pipe(v.string(), v.minLength(1)),
});

try {
  const { positionals } = parseArgs({ allowPositionals: true });
  const parsed = v.safeParse(Options, {
    origin: positionals[0]?.replace(/\/$/, ''),
    secret: process.env.OPERATOR_SECRET,
  });
  if (!parsed.success)
    throw new AppError('request_invalid', {
      detail: 'Usage: OPERATOR_SECRET=<the secret> npm run seed -- https://topwork.example.workers.dev',
    });
  const { origin, secret } = parsed.output;
  const before = await seedDefaultHead(origin, secret, console.log);
  console.log(before ? `${origin} has a default head now.` : `${origin} has a default head already.`);
} catch (error) {
  fail(error);
}
