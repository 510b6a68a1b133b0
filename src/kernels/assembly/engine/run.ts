// Runs a program: instructions of 32-bit words in this memory, each the number of a kernel, its own length in words,
// and the kernel's arguments in order. ../../engine.ts writes them.
import { clear, copy, reflow, repeat } from './copies';
import { depthwise } from './depthwise';
import { activate, affine, combine, softmax } from './elementwise';
import { gemm } from './gemm';
import { packDepthwise, packPanels } from './pack';
import { means, pool } from './pool';

/** @param at, end addresses */
export function run(at: usize, end: usize): void {
  while (at < end) {
    switch (load<i32>(at)) {
      case 0:
        // The offsets of its segments are behind its arguments.
        gemm(
          i(at, 0), i(at, 1), i(at, 2), i(at, 3), i(at, 4), at + (20 << 2), i(at, 5), i(at, 6), i(at, 7), i(at, 8),
          i(at, 9), f(at, 10), f(at, 11), i(at, 12), i(at, 13), i(at, 14), i(at, 15), i(at, 16), i(at, 17),
        );
        break;
      case 1:
        // The addresses of its rows are behind its arguments.
        depthwise(
          at + (15 << 2), i(at, 0), i(at, 1), i(at, 2), i(at, 3), i(at, 4), i(at, 5), i(at, 6), i(at, 7), i(at, 8),
          i(at, 9), i(at, 10), f(at, 11), f(at, 12),
        );
        break;
      case 2:
        activate(i(at, 0), i(at, 1), i(at, 2), i(at, 3), f(at, 4), f(at, 5));
        break;
      case 3:
        affine(i(at, 0), i(at, 1), i(at, 2), i(at, 3), i(at, 4), i(at, 5), f(at, 6), f(at, 7));
        break;
      case 4:
        combine(
          i(at, 0), i(at, 1), i(at, 2), i(at, 3), i(at, 4), i(at, 5), i(at, 6), i(at, 7), i(at, 8), i(at, 9),
          i(at, 10), i(at, 11), i(at, 12),
        );
        break;
      case 5:
        softmax(i(at, 0), i(at, 1), i(at, 2), i(at, 3), i(at, 4));
        break;
      case 6:
        pool(
          i(at, 0), i(at, 1), i(at, 2), i(at, 3), i(at, 4), i(at, 5), i(at, 6), i(at, 7), i(at, 8), i(at, 9),
          i(at, 10), i(at, 11), i(at, 12), i(at, 13),
        );
        break;
      case 7:
        copy(i(at, 0), i(at, 1), i(at, 2), i(at, 3), i(at, 4), i(at, 5));
        break;
      case 8:
        clear(i(at, 0), i(at, 1));
        break;
      case 9:
        repeat(i(at, 0), i(at, 1), i(at, 2), i(at, 3), i(at, 4), i(at, 5), i(at, 6));
        break;
      case 10:
        reflow(i(at, 0), i(at, 1), i(at, 2), i(at, 3), i(at, 4), i(at, 5), i(at, 6));
        break;
      case 11:
        packPanels(
          i(at, 0), i(at, 1), i(at, 2), i(at, 3), i(at, 4), i(at, 5), i(at, 6), i(at, 7), i(at, 8), i(at, 9),
        );
        break;
      case 12:
        packDepthwise(i(at, 0), i(at, 1), i(at, 2), i(at, 3), i(at, 4), i(at, 5));
        break;
      case 13:
        means(i(at, 0), i(at, 1), i(at, 2), i(at, 3), i(at, 4), i(at, 5));
        break;
      default:
        unreachable();
    }
    at += <usize>load<i32>(at, 4) << 2;
  }
}

/** Argument `n` as a whole number or an address. */
@inline
function i(at: usize, n: i32): i32 {
  return load<i32>(at + (<usize>(n + 2) << 2));
}

@inline
function f(at: usize, n: i32): f32 {
  return load<f32>(at + (<usize>(n + 2) << 2));
}
