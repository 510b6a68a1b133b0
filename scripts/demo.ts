// npm run demo [-- --json] [--train n] [--test n]: the loop, end to end, in a terminal. Exits non-zero when anything is off.
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { AppError } from '../src/contract/errors.ts';
import { build } from './support/build.ts';
import { type DemoResult, runDemo } from './support/demo.ts';
import { fail } from './support/fail.ts';

const perClass = v.pipe(v.string(), v.transform(Number), v.integer(), v.minValue(2), v.maxValue(100));
const Options = v.object({ json: v.boolean(), train: perClass, test: perClass });

try {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      train: { type: 'string', default: '50' },
      test: { type: 'string', default: '50' },
    },
  });
  const parsed = v.safeParse(Options, values);
  if (!parsed.success)
    throw new AppError('request_invalid', {
      detail: `--train and --test are images per class, 2 to 100. Usage: npm run demo -- [--json] [--train 50] [--test 50]`,
    });
  const { json, train, test } = parsed.output;
  const progress = createProgress();
  progress.stage('Building the trunk and the app');
  await build({ quiet: true });
  const result = await runDemo({ trainPerClass: train, testPerClass: test, onStage: progress.stage });
  progress.end();
  console.log(json ? JSON.stringify(result, null, 2) : describe(result));
  if (!result.checks.every(({ ok }) => ok)) process.exitCode = 1;
} catch (error) {
  fail(error);
}

/** Progress goes to standard error, so that standard output holds the result alone. */
function createProgress() {
  const live = process.stderr.isTTY;
  let current = '';
  return {
    stage(stage: string, done?: number, of?: number) {
      const count = done === undefined ? ' …' : ` ${done}/${of}`;
      if (live)
        process.stderr.write(`${stage === current || current === '' ? '\r\x1b[2K' : '\n'}${stage}${count}`);
      else if (stage !== current) process.stderr.write(`${stage} …\n`);
      current = stage;
    },
    end() {
      if (live) process.stderr.write('\n');
    },
  };
}

function describe({ model, head, examples, leaveOneOut, edge, batchNorm, checks }: DemoResult): string {
  const width = Math.max(...examples.classes.map((name) => name.length));
  const columns = examples.classes.map((_, i) => String(i).padStart(4)).join('');
  const rows = edge.confusion.map((row, i) => {
    const counts = row.map((count) => (count === 0 ? '·' : String(count)).padStart(4)).join('');
    return `  ${examples.classes[i]?.padEnd(width)} ${String(i).padStart(2)}${counts}`;
  });
  const findings = batchNorm.map((f) => {
    const flags = `trainable=${f.trainable ? 'True ' : 'False'} training=${f.training ? 'True ' : 'False'}`;
    const drift = f.changed === 0 ? '' : ` (relative L2 ${f.drift.toFixed(3)})`;
    return `  ${flags}  ${f.changed} of ${f.values} features change${drift}, ${f.flipped} of ${f.images} decisions flip, ${f.moved} of ${f.layers} layers' statistics move`;
  });
  return [
    '',
    `Trunk     ${model.name}, ${(model.bytes / 1e6).toFixed(2)} MB, digest ${model.digest.slice(0, 12)}…, statistics ${model.statistics.slice(0, 12)}…`,
    `Head      ridge on ${head.dim} features of ${head.cut} at ${head.size} px, ${examples.train} images of ${examples.classes.length} classes, fitted in ${head.fitMs.toFixed(0)} ms, ${head.bytes} bytes, revision ${head.revision.slice(0, 12)}…`,
    `Here      leave-one-out accuracy ${percent(leaveOneOut)}`,
    `Edge      held-out accuracy      ${percent(edge.accuracy)}, median ${edge.medianMs.toFixed(0)} ms a request, four under way`,
    `          greatest difference between edge and local probabilities ${edge.largestDifference.toExponential(1)}`,
    '',
    `Confusion at the edge (rows: what it is; columns: what it was called)`,
    `  ${' '.repeat(width)}   ${columns}`,
    ...rows,
    '',
    'The same images with other batch-mates',
    ...findings,
    '',
    ...checks.map(({ what, ok }) => `${ok ? '✓' : '✗'} ${what}`),
  ].join('\n');
}

function percent(share: DemoResult['leaveOneOut']): string {
  if (share === null) return 'unknown';
  const [value, low, high] = [share.value, share.low, share.high].map((x) => (x * 100).toFixed(1));
  return `${value} % (95 % interval ${low} to ${high}, n = ${share.n})`;
}
