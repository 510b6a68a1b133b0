// Whether products in whole numbers would pay: their speed here, with instructions of V8 switched off to stand for other
// machines, and under another Node; and their accuracy.
import * as v from 'valibot';
import type { Trunk } from '../load-trunk.ts';
import { printed } from '../printed.ts';
import { printedElsewhere } from '../trunk/other-node.ts';
import { measurePrecision } from './accuracy.ts';
import { compileProducts } from './products.ts';
import type { PrecisionFigures } from './report.ts';
import type { SpeedFigures } from './speed.ts';

const CHILD = 'bench/precision/child.ts';
const SIZES = [96, 160, 224];
/** Machines without 8-bit dot products, without fused multiply-adds too, and with 128 bits and two operands alone. */
const SWITCHES = [
  [],
  ['--no-enable-avx-vnni'],
  ['--no-enable-avx-vnni', '--no-enable-fma3'],
  ['--no-enable-avx'],
];

const Printed = v.custom<SpeedFigures>((value) =>
  v.is(v.looseObject({ contenders: v.array(v.unknown()) }), value),
);

export async function benchPrecision(
  trunk: Trunk,
  { quick, say }: { readonly quick: boolean; readonly say: (text: string) => void },
): Promise<PrecisionFigures> {
  await compileProducts();
  const args = quick ? ['--quick'] : [];
  const speed: unknown[] = [];
  for (const flags of SWITCHES) {
    say(`Node ${process.versions.node} ${flags.join(' ')}`);
    speed.push(await printed(process.execPath, [...flags, CHILD, ...args]));
  }
  const elsewhere = await printedElsewhere(CHILD, args);
  return {
    speed: [...speed, ...(elsewhere === null ? [] : [elsewhere])].map((figures) => v.parse(Printed, figures)),
    accuracy: await measurePrecision(trunk, { sizes: quick ? SIZES.slice(0, 1) : SIZES, quick, say }),
  };
}
