// Matrix products, and sums over axes and segments, for tfjs: shapes and addresses, no arithmetic.
import * as tf from '@tensorflow/tfjs-core';
import { addressOf, withScratch } from './heap.ts';
import { addresses, FLOAT, input, kernel, passOn, product, type Replacement } from './kernel.ts';
import type { Kernels } from './module.ts';

export function productKernels(kernels: Kernels): readonly Replacement[] {
  return [
    kernel<{ readonly transposeA?: boolean; readonly transposeB?: boolean }>(
      'BatchMatMul',
      ({ inputs, attrs, backend }) => {
        const [a, b] = [input(inputs, 'a'), input(inputs, 'b')];
        const { transposeA = false, transposeB = false } = attrs;
        const [lda = 0, ldb = 0] = [a.shape.at(-1), b.shape.at(-1)];
        const [m = 0, k = 0] = transposeA ? [lda, a.shape.at(-2)] : [a.shape.at(-2), lda];
        const n = (transposeB ? b.shape.at(-2) : ldb) ?? 0;
        const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
        const outer = tf.broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
        const out = backend.makeOutput([...outer, m, n], 'float32');
        const [atA, atB, to] = addresses(backend, a, b, out);
        // A batch of one meets every matrix of the other side.
        const stepA = product(outerA) === 1 ? 0 : m * k * FLOAT;
        const stepB = product(outerB) === 1 ? 0 : k * n * FLOAT;
        withScratch(backend, kernels.gemmScratch(m, n, k), (rest) => {
          for (let i = 0; i < product(outer); i++) {
            const [from, by, into] = [atA + i * stepA, atB + i * stepB, to + i * m * n * FLOAT];
            kernels.gemm(from, by, into, m, n, k, transposeA, transposeB, lda, ldb, n, false, rest);
          }
        });
        return out;
      },
    ),
    // tfjs's own transposes first, unless the axes are the last ones.
    kernel<{ readonly axis: number | readonly number[]; readonly keepDims?: boolean }>(
      'Sum',
      (call, stock) => {
        const { inputs, attrs, backend } = call;
        const x = input(inputs, 'x');
        const axes = tf.util
          .parseAxisParam(attrs.axis as number | number[], [...x.shape])
          .sort((a, b) => a - b);
        const [first = 0, last = 0] = [axes[0], axes.at(-1)];
        const inner = product(x.shape.slice(last + 1));
        const isRun = axes.length > 0 && last - first === axes.length - 1;
        if (x.dtype !== 'float32' || !isRun || inner === 1 || product(x.shape) === 0)
          return passOn(stock, call as never);
        const shape = x.shape.flatMap((size, i) =>
          axes.includes(i) ? (attrs.keepDims === true ? [1] : []) : [size],
        );
        const out = backend.makeOutput(shape, 'float32');
        const [outer, count] = [product(x.shape.slice(0, first)), product(x.shape.slice(first, last + 1))];
        kernels.sumMiddle(addressOf(backend, x), addressOf(backend, out), outer, count, inner);
        return out;
      },
    ),
    kernel<{ readonly numSegments: number }>('UnsortedSegmentSum', ({ inputs, attrs, backend }) => {
      const [x, ids] = [input(inputs, 'x'), input(inputs, 'segmentIds')];
      const [rows = 0, ...rest] = x.shape;
      const out = backend.makeOutput([attrs.numSegments, ...rest], 'float32');
      kernels.segmentSum(...addresses(backend, x, ids, out), rows, product(rest), attrs.numSegments);
      return out;
    }),
  ];
}
