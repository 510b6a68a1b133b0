// A trunk as a stack of blocks, read off the names of its cuts, and where the line between frozen and trainable layers
// may lie in it. Pure; any Keras CNN will do, because a name that says nothing makes a block of its own.
import type { Cut } from '../../../src/contract/manifest.ts';

export interface Block {
  /** What its cuts' names begin with: `block_12` of `block_12_expand_relu`. Two blocks may have the same. */
  readonly name: string;
  /** From the input on; at least one. */
  readonly cuts: readonly Cut[];
  /** The last of them. */
  readonly end: Cut;
  /** Multiply-accumulates of its own, of one image at the native size. */
  readonly macs: number;
}

/** What lies between the photo and a head. */
export interface Stack {
  /** From the input on; the last one ends where the head reads, perhaps before its own end. */
  readonly blocks: readonly Block[];
  /** Cuts that the line may lie at: ends of all blocks but the last. */
  readonly lines: readonly string[];
  /** How many blocks of the trunk the head does not use. */
  readonly unused: number;
}

/** Neighbouring cuts of equal prefix, from the input on. */
export function blocksOf(cuts: readonly Cut[]): readonly Block[] {
  const prefixes = cuts.map(({ layer }, i) =>
    prefixOf(
      layer,
      [cuts[i - 1], cuts[i + 1]].flatMap((cut) => cut?.layer ?? []),
    ),
  );
  const starts = prefixes.flatMap((prefix, i) => (prefix === prefixes[i - 1] ? [] : [i]));
  return starts.flatMap((start, i) =>
    blockOf(prefixes[start] ?? '', cuts.slice(start, starts[i + 1]), cuts[start - 1]?.macs ?? 0),
  );
}

/** The stack under a head that reads at cut `to`; empty when there is no such cut. */
export function stackUpTo(blocks: readonly Block[], to: string): Stack {
  const at = blocks.findIndex(({ cuts }) => cuts.some(({ layer }) => layer === to));
  const top = blocks[at];
  if (top === undefined) return { blocks: [], lines: [], unused: blocks.length };
  const below = blocks.slice(0, at);
  const used = top.cuts.slice(0, top.cuts.findIndex(({ layer }) => layer === to) + 1);
  return {
    blocks: [...below, ...blockOf(top.name, used, below.at(-1)?.end.macs ?? 0)],
    lines: below.map(({ end }) => end.layer),
    unused: blocks.length - at - 1,
  };
}

/** The line that leaves two blocks to be trained, or one where there are no more. */
export function usualLine({ lines }: Stack): string | null {
  return lines.at(-2) ?? lines.at(-1) ?? null;
}

/** A block is at least so high, in rem, while the stack is not too tall; the work that it does comes on top. */
const LEAST_REM = 1.5;
const WORK_REM = 0.6;
const TALLEST_REM = 38;

/** Height of each block of a stack, in rem: the more it computes, the taller. */
export function heightsOf({ blocks }: Stack): readonly number[] {
  const all = blocks.reduce((sum, { macs }) => sum + macs, 0);
  const average = all / blocks.length || 1;
  const heights = blocks.map(({ macs }) => LEAST_REM + (WORK_REM * macs) / average);
  const total = heights.reduce((a, b) => a + b, 0);
  return heights.map((height) => height * Math.min(1, TALLEST_REM / total));
}

/**
 * How many blocks are frozen when the line is dropped at some height.
 * @param height above the ground, in the unit of `heights`
 */
export function frozenAt(heights: readonly number[], height: number): number {
  let ground = 0;
  const tops = heights.slice(0, -1).map((block) => {
    ground += block;
    return ground;
  });
  const nearest = Math.min(...tops.map((top) => Math.abs(top - height)));
  return tops.findIndex((top) => Math.abs(top - height) === nearest) + 1;
}

function blockOf(name: string, cuts: readonly Cut[], before: number): readonly Block[] {
  const end = cuts.at(-1);
  return end === undefined ? [] : [{ name, cuts, end, macs: end.macs - before }];
}

/**
 * Up to the last number that something follows: `conv2_block1_out` -> `conv2_block1`, `block1_conv2` -> `block1`. A name
 * without one goes by what it shares with a neighbour, two words at least: `expanded_conv_project` -> `expanded_conv`.
 */
function prefixOf(layer: string, neighbours: readonly string[]): string {
  const words = wordsOf(layer);
  const numbered = words.findLastIndex((word, i) => /\d/.test(word) && i < words.length - 1);
  if (numbered >= 0)
    return words
      .slice(0, numbered + 1)
      .join('')
      .replace(SEPARATOR_AT_END, '');
  if (/\d/.test(layer)) return layer;
  const shared = neighbours
    .filter((name) => !/\d/.test(name))
    .map((name) => words.findIndex((word, i) => word !== wordsOf(name)[i]));
  const most = Math.max(0, ...shared);
  return most < 2 ? layer : words.slice(0, most).join('').replace(SEPARATOR_AT_END, '');
}

const SEPARATOR_AT_END = /[_/.-]$/;

/** Each with the separator after it. */
function wordsOf(layer: string): readonly string[] {
  return layer.match(/[^_/.-]+[_/.-]?|[_/.-]/g) ?? [layer];
}
