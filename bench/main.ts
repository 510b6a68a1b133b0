// What `npm run bench` runs once everything is installed and built: the parts one after the other, then their figures
// as tables or as JSON. It says how fast things are and never that they are too slow.
import { startBackend } from '../scripts/support/backend.ts';
import { DEFAULT_TRUNK, MODELS } from '../scripts/support/default-trunk.ts';
import { fail } from '../scripts/support/fail.ts';
import { chooseBuild } from '../src/kernels/build.ts';
import { benchBytes, printBytes } from './bytes.ts';
import { benchCold, printCold } from './cold.ts';
import { benchCpu, printCpu } from './cpu.ts';
import { benchEdge, printEdge } from './edge.ts';
import { benchHead, printHead } from './head.ts';
import { benchImages, printImages } from './images.ts';
import { benchLoad, printLoad } from './load.ts';
import { describeMachine } from './machine.ts';
import { makeHead } from './made-head.ts';
import { benchMixed, printMixed } from './mixed.ts';
import { type Part, readOptions } from './options.ts';
import { benchPrecision } from './precision/bench.ts';
import { printPrecision } from './precision/report.ts';
import { readTrunk } from './read-trunk.ts';
import { makeRequests } from './requests.ts';
import { benchTrunkInChromium } from './trunk/chromium.ts';
import { benchTrunkHere } from './trunk/node.ts';
import { benchTrunkElsewhere } from './trunk/other-node.ts';
import { ownOnThreads } from './trunk/own-threads.ts';
import { printChromium, printNode } from './trunk/report.ts';
import { benchWorkerd, printWorkerd } from './workerd.ts';

/** What the app takes where threads help. */
const THREADS = 2;

try {
  const { json, quick, parts } = readOptions(process.argv.slice(2));
  const machine = describeMachine();
  const print: (text: string) => void = json ? () => {} : console.log;
  print(
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, load ${machine.load}`,
  );
  print(`Node ${machine.node}, V8 ${machine.v8}${quick ? '; quick: few rounds, rough figures' : ''}\n`);
  const say: (text: string) => void = quick ? () => {} : console.error;
  await startBackend();
  const folder = `${MODELS}/${DEFAULT_TRUNK}`;
  const trunk = await readTrunk(folder);
  const figures: Record<string, unknown> = { machine, quick };
  const show = <T>(part: Part | 'trunkElsewhere', value: T, format: (value: T) => string) => {
    figures[part] = value;
    print(`${format(value)}\n`);
  };
  /** What the Worker is asked, and the head that it answers with. */
  const served = async () => {
    const { bytes, features } = await makeHead(trunk);
    return [await makeRequests(features), { model: DEFAULT_TRUNK, head: bytes, quick }] as const;
  };
  for (const part of parts)
    switch (part) {
      case 'trunk':
        show(
          part,
          await benchTrunkHere({ quick, say, beside: [ownOnThreads(chooseBuild(), THREADS)] }),
          printNode,
        );
        show('trunkElsewhere', await benchTrunkElsewhere({ quick }), printNode);
        break;
      case 'chromium':
        show(part, await benchTrunkInChromium(trunk, { quick }), printChromium);
        break;
      case 'workerd': {
        const [requests] = await served();
        show(part, await benchWorkerd(requests, { quick }), printWorkerd);
        break;
      }
      case 'head':
        show(part, await benchHead(trunk, { quick }), printHead);
        break;
      case 'edge':
        show(part, await benchEdge(...(await served())), printEdge);
        break;
      case 'load':
        show(part, await benchLoad(...(await served())), printLoad);
        break;
      case 'cold':
        show(part, await benchCold(...(await served())), printCold);
        break;
      case 'memory':
        show(part, await benchMixed(...(await served())), printMixed);
        break;
      case 'cpu':
        show(part, await benchCpu(...(await served())), printCpu);
        break;
      case 'images':
        show(part, await benchImages({ size: trunk.manifest.defaults.size, quick }), printImages);
        break;
      case 'bytes': {
        const { bytes } = await makeHead(trunk);
        show(part, await benchBytes({ trunk: folder, head: bytes }), printBytes);
        break;
      }
      case 'precision':
        show(part, await benchPrecision(trunk, { quick, say }), printPrecision);
        break;
      default:
        part satisfies never;
    }
  if (json) console.log(JSON.stringify(figures, null, 2));
} catch (error) {
  fail(error);
}
