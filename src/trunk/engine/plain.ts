// Everything that is no convolution, one job a layer.
import type { Op } from '../graph.ts';
import { edgesOf } from '../shapes.ts';
import { emitActivation, finish, type Job, type Layer, rangeOf } from './job.ts';
import { FLOAT, rowBytes, unknown, type View, viewBytes } from './view.ts';

/** @throws AppError `model_layer_unknown` */
export function plainJob(layer: Layer, inputs: readonly View[], to: View): Job {
  const { step } = layer;
  const [from = to] = inputs;
  return {
    name: step.name,
    inputs: step.inputs,
    scratch: [],
    zeros: 0,
    emit: emitterOf(layer, inputs, from, to),
  };
}

type Windows = Extract<Op, { kind: 'maxPool' | 'avgPool' }>;

function emitterOf(layer: Layer, inputs: readonly View[], from: View, to: View): Job['emit'] {
  const { step } = layer;
  const { op } = step.node;
  const pixels = to.h * to.w;
  switch (op.kind) {
    case 'activation':
      return (program, { inputs: [x = 0], output }) =>
        emitActivation(program, op.activation, [x, output], pixels, to);
    case 'batchNorm':
      return (program, { inputs: [x = 0], output }) => {
        const range = rangeOf(step.activation);
        program.affine(x, layer.weights, layer.bias, output, pixels, to.ld / 4, range);
        finish(program, step.activation, output, pixels, to);
      };
    case 'rescale':
      return (program, { inputs: [x = 0], output }) =>
        program.activate('rescale', x, output, pixels * to.ld, op.scale, op.offset);
    case 'dropout':
      return (program, { inputs: [x = 0], output }) =>
        program.copy(x, output, 1, viewBytes(to), viewBytes(to), viewBytes(to));
    case 'flatten':
    case 'reshape':
      return (program, { inputs: [x = 0], output }) => {
        if (to.c !== to.ld) program.clear(output, viewBytes(to));
        program.reflow(x, output, pixels * to.c, from.c, from.ld * FLOAT, to.c, to.ld * FLOAT);
      };
    case 'add':
    case 'multiply':
      return combiner(op.kind, inputs, to);
    case 'concat':
      return (program, places) => {
        if (to.c !== to.ld) program.clear(places.output, viewBytes(to));
        let y = places.output;
        inputs.forEach(({ c, ld }, i) => {
          program.copy(places.inputs[i] ?? 0, y, pixels, c * FLOAT, ld * FLOAT, to.ld * FLOAT);
          y += c * FLOAT;
        });
      };
    case 'zeroPad':
      return (program, { inputs: [x = 0], output }) => {
        program.clear(output, viewBytes(to));
        const [[top], [left]] = op.edges;
        const inner = output + top * rowBytes(to) + left * to.ld * FLOAT;
        program.copy(x, inner, from.h, rowBytes(from), rowBytes(from), rowBytes(to));
      };
    case 'maxPool':
    case 'avgPool':
      return pooler(op, from, to);
    case 'globalMaxPool':
    case 'globalAvgPool': {
      const kind = op.kind === 'globalMaxPool' ? 'maxPool' : 'avgPool';
      const window = [from.h, from.w] as const;
      return pooler({ kind, window, strides: [1, 1], padding: 'valid' }, from, { ...to, h: 1, w: 1 });
    }
    default:
      throw unknown(step.node, `is a ${op.kind}`);
  }
}

function pooler(op: Windows, from: View, to: View): Job['emit'] {
  const { window, strides, padding } = op;
  const [[top], [left]] = edgesOf({ window, strides, dilation: [1, 1] }, [from.h, from.w], padding);
  const sizes = [from.h, from.w, to.h, to.w, to.ld / 4, ...window, ...strides, top, left];
  return (program, { inputs: [x = 0], output }) =>
    program.pool(op.kind === 'maxPool' ? 'max' : 'mean', x, output, sizes);
}

/** Any number of inputs, one after the other into the output; an axis of 1 fits any. */
function combiner(kind: 'add' | 'multiply', inputs: readonly View[], to: View): Job['emit'] {
  const isAlike = (view: View) => view.h === to.h && view.w === to.w && view.c === to.c;
  const steps = (view: View) => [
    view.h === 1 ? 0 : rowBytes(view),
    view.w === 1 ? 0 : view.ld * FLOAT,
    view.c === 1 && to.c > 1 ? 1 : 0,
  ];
  return (program, places) => {
    const pair = (a: View, b: View, at: readonly [number, number]) => {
      const addresses = [...at, places.output] as const;
      if (isAlike(a) && isAlike(b))
        program.combine(kind, addresses, [1, 1, to.h * to.w * to.ld], [0, 0, 0, 0, 0, 0]);
      else program.combine(kind, addresses, [to.h, to.w, to.ld], [...steps(a), ...steps(b)]);
    };
    const [first = to, second, ...rest] = inputs;
    const [a = 0, b = 0, ...more] = places.inputs;
    if (second === undefined) return program.copy(a, places.output, 1, viewBytes(to), 0, 0);
    pair(first, second, [a, b]);
    rest.forEach((view, i) => {
      pair(to, view, [places.output, more[i] ?? 0]);
    });
  };
}
