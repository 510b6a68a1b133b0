// One measurement of bench/images.ts, in a process of its own: node --expose-gc image-memory.ts small large size.
// Decodes the small image, then the large one, and prints how much that made the resident memory grow, and how long it
// took. The file's own bytes are in memory before.
import { readFileSync, writeFileSync } from 'node:fs';
import { nodeCodecs } from '../scripts/support/codecs.ts';
import { decodeInput } from '../src/image/decode.ts';

const [small = '', large = '', size = ''] = process.argv.slice(2);
const input = { size: Number(size), range: [0, 1] } as const;
const codecs = nodeCodecs();
const image = new Uint8Array(readFileSync(large));
await decodeInput(new Uint8Array(readFileSync(small)), codecs, input);
globalThis.gc?.();
const before = resident('VmRSS', () => writeFileSync('/proc/self/clear_refs', '5'));
const begun = performance.now();
await decodeInput(image, codecs, input);
const ms = performance.now() - begun;
const peak = resident('VmHWM');
console.log(JSON.stringify({ ms, growth: before === null || peak === null ? null : peak - before }));

/** A line of /proc/self/status, MiB; null where there is none. @param prepare resets the peak */
function resident(field: string, prepare: () => void = () => {}): number | null {
  try {
    prepare();
    const status = readFileSync('/proc/self/status', 'utf8');
    const [, kibibytes] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status) ?? [];
    return kibibytes === undefined ? null : Number(kibibytes) / 1024;
  } catch {
    return null;
  }
}
