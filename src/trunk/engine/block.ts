// Depthwise and pointwise convolution, and a convolution before them, in strips of rows: what one makes is still in the
// cache when the next one reads it, and the widest maps never exist whole.
import { type Convolution, emitPadding, emitRows, scratchOf } from './convolution.ts';
import { type Depthwise, emitRow, rowsBefore } from './depthwise.ts';
import { finish, type Job, split } from './job.ts';
import { rowBytes } from './view.ts';

export interface Block {
  /** Null: the depthwise convolution reads a map that is there. */
  readonly expand: Convolution | null;
  readonly depthwise: Depthwise;
  readonly project: Convolution;
  readonly residual: string | null;
}

/** Bytes that a strip of what the depthwise convolution makes may take. */
const STRIP_BYTES = 96 * 1024;

export function blockJob(name: string, { expand, depthwise, project, residual }: Block, pieces: number): Job {
  const { from, to, window, strides, dilation } = depthwise;
  const strip = Math.max(1, Math.min(to.h, Math.floor(STRIP_BYTES / rowBytes(to))));
  const reach = (window[0] - 1) * dilation[0] + 1;
  const ringRows = Math.min(from.h, (strip - 1) * strides[0] + reach);
  const ranges = split(to.h, pieces);
  const own = [strip * rowBytes(to), ...(expand === null ? [] : [ringRows * rowBytes(from)])];
  return {
    name,
    inputs: [...(expand ?? depthwise).layer.step.inputs, ...(residual === null ? [] : [residual])],
    scratch: [...ranges.flatMap(() => own), ...(expand === null ? [] : scratchOf(expand))],
    zeros: rowBytes(from),
    emit(program, { inputs: [x = 0, added = 0], output, scratch, zeros }) {
      const padding = scratch.slice(ranges.length * own.length);
      const source = expand === null ? x : emitPadding(program, expand, x, padding);
      if (source !== x) program.phase();
      ranges.forEach(([begin, many], part) => {
        program.task();
        const [middle = 0, ring = 0] = scratch.slice(part * own.length);
        const end = begin + many;
        const at = (row: number) =>
          expand === null ? source + row * rowBytes(from) : ring + (row % ringRows) * rowBytes(from);
        let have = Math.max(0, begin * strides[0] - depthwise.edges[0][0]);
        for (let first = begin; first < end; first += strip) {
          const rows = Math.min(strip, end - first);
          const need = rowsBefore(depthwise, first + rows - 1);
          while (expand !== null && have < need) {
            const count = Math.min(need - have, ringRows - (have % ringRows));
            emitRows(program, expand, source, [have, count], at(have));
            have += count;
          }
          for (let i = 0; i < rows; i++)
            emitRow(program, depthwise, first + i, { at, y: middle + i * rowBytes(to), zeros });
          finish(program, depthwise.activation, middle, rows * to.w, to);
          const skipped = first * rowBytes(project.to);
          const residualAt = residual === null ? 0 : added + skipped;
          emitRows(program, project, middle, [0, rows], output + skipped, residualAt);
        }
      });
    },
  };
}
