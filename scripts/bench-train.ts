// npm run bench:train [-- --quick] [-- --json]: what a step of training the trunk's last layers takes, with our kernels and
// without, in Node and in Chromium, in one run. Never gates on time.
import { parseArgs } from 'node:util';
// Its gradients.
import '@tensorflow/tfjs';
import { describeMachine } from '../bench/machine.ts';
import { readTrunk } from '../bench/read-trunk.ts';
import { benchChromium } from '../bench/train/chromium.ts';
import { benchNode } from '../bench/train/node.ts';
import { LEGEND, printChromium, printNode } from '../bench/train/report.ts';
import { AppError } from '../src/contract/errors.ts';
import { startBackend } from './support/backend.ts';
import { buildKernels } from './support/build-kernels.ts';
import { buildDefaultTrunk, DEFAULT_TRUNK, MODELS } from './support/default-trunk.ts';
import { fail } from './support/fail.ts';

const USAGE = 'Usage: npm run bench:train -- [--json] [--quick]';

try {
  const { json, quick } = readFlags();
  const print: (text: string) => void = json ? () => {} : console.log;
  const machine = describeMachine();
  await buildDefaultTrunk();
  await buildKernels();
  print(
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, load ${machine.load}`,
  );
  print(
    `Node ${machine.node}, V8 ${machine.v8}, one thread${quick ? '; quick: few rounds, rough figures' : ''}`,
  );
  print(`${LEGEND}\n`);
  await startBackend();
  const { model } = await readTrunk(`${MODELS}/${DEFAULT_TRUNK}`);
  const node = await benchNode(model, { quick, say: (text) => console.error(text) });
  for (const figures of node) print(`${printNode(figures)}\n`);
  if (!quick)
    print(
      "tfjs's cpu backend: two steps, at 96 px and of the fewest layers only, since each takes so long.\n",
    );
  const chromium = await benchChromium({ quick });
  print(printChromium(chromium));
  if (json) console.log(JSON.stringify({ machine, quick, node, chromium }, null, 2));
} catch (error) {
  fail(error);
}

/** @throws AppError `request_invalid` */
function readFlags(): { readonly json: boolean; readonly quick: boolean } {
  try {
    return parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw new AppError('request_invalid', { detail: USAGE, cause });
  }
}
