// What runs under another Node: prints the figures of the trunk as JSON. Bundled by other-node.ts, since an older Node
// reads no TypeScript.
import { benchTrunkHere } from './node.ts';

const figures = await benchTrunkHere({
  quick: process.argv.includes('--quick'),
  say: (text) => console.error(text),
});
console.log(JSON.stringify(figures));
// Engines may keep threads.
process.exit(0);
