// The lab of the two flags: one photo with several sets of batch-mates through the trunk, trainable and not, in training
// and not; and one step of gradient descent. All on copies.
import * as tf from '@tensorflow/tfjs-core';
import type { NdArray } from '../../../src/contract/nd-array.ts';
import { applyHead } from '../../../src/head/head.ts';
import { decodeInput } from '../../../src/image/decode.ts';
import { batchNormMode } from '../../../src/trunk/batch-norm.ts';
import { callTrunk } from '../../../src/trunk/flags.ts';
import { poolFeatures } from '../../../src/trunk/pool.ts';
import { lowerTrain } from '../../../src/trunk/train.ts';
import type { ExampleId } from '../../storage/schema.ts';
import { codecs } from '../codecs.ts';
import type { LabMode, LabResult, StepsDone } from '../deeper.ts';
import type { Calls } from '../protocol.ts';
import type { Job } from '../scheduler.ts';
import type { Score } from '../trainer.ts';
import { type LoadedHead, loadHead, type Trunk } from '../trunk.ts';
import { pause, type Work } from './work.ts';

const FLAGS = [
  { trainable: true, training: true },
  { trainable: true, training: false },
  { trainable: false, training: true },
  { trainable: false, training: false },
] as const;

/** Of the one step of plain gradient descent. */
const LEARNING_RATE = 1e-3;
/** So many cuts below the head's the step begins: the layers of a block or two. */
const STEP_CUTS = 3;

/** @throws AppError `aborted`, `head_invalid`, `trunk_mismatch`, `image_*` */
export async function* labJob(
  trunk: Trunk,
  { photo, mates, photos, classes, head: given }: Calls['lab']['ask'],
  work: Work<StepsDone>,
): Job<LabResult> {
  const loaded = await loadHead(trunk, given);
  const { cut, preprocessing } = loaded.metadata;
  const inputs = new Map<ExampleId, Float32Array>();
  for (const { id, data } of photos) {
    inputs.set(id, await decodeInput(new Uint8Array(data), codecs, preprocessing));
    yield;
  }
  const batchOf = (ids: readonly ExampleId[]): NdArray => {
    const { size } = preprocessing;
    const data = new Float32Array(ids.length * size * size * 3);
    ids.forEach((id, i) => {
      data.set(inputs.get(id) ?? [], i * size * size * 3);
    });
    return { data, shape: [ids.length, size, size, 3] };
  };
  const batches = mates.map((others) => [photo, ...others]);
  const modes: LabMode[] = [];
  for (const [m, flags] of FLAGS.entries()) {
    const rows: Float32Array[] = [];
    let moved: LabMode['moved'] = [];
    for (const [b, ids] of batches.entries()) {
      const call = await callTrunk(trunk.model, batchOf(ids), {
        ...{ ...flags, to: cut },
        async onPart(done, of) {
          const parts = FLAGS.length * batches.length * of;
          work.say({ done: (m * batches.length + b) * of + done, of: parts });
          await pause(work);
        },
      });
      rows.push(firstFeatures(call.activation, loaded));
      if (b === 0) moved = call.moved;
      yield;
    }
    modes.push({
      ...{ ...flags, ...batchNormMode(flags), moved },
      learnt: await step(
        trunk,
        loaded,
        flags,
        batchOf(batches[0] ?? [photo]),
        labelsOf(batches[0] ?? [photo]),
      ),
      answers: rows.map((row) => scoresOf(loaded, row)),
      same: rows.every((row) => row.every((value, i) => Object.is(value, rows[0]?.[i]))),
    });
  }
  return { modes, photo, mates };

  function labelsOf(ids: readonly ExampleId[]): readonly number[] {
    return ids.map((id) => Math.max(0, loaded.classes.indexOf(classes.get(id) ?? null)));
  }
}

/** Features of the first of a batch. */
function firstFeatures({ data, shape }: NdArray, { metadata }: LoadedHead): Float32Array {
  const [n = 1, ...map] = shape;
  const first = data.subarray(0, data.length / n);
  return poolFeatures({ data: first, shape: [1, ...map] }, metadata.pooling).data;
}

function scoresOf({ head, classes }: LoadedHead, features: Float32Array): readonly Score[] {
  const { probabilities } = applyHead(head, features, 1);
  return head.labels.map((label, c) => ({
    ...{ class: classes[c] ?? null, label, score: probabilities[c] ?? 0 },
  }));
}

/** One step of gradient descent on the layers just below the head: whose gamma or beta changed. */
async function step(
  { manifest, model, upTo }: Trunk,
  { head, metadata }: LoadedHead,
  flags: { readonly trainable: boolean; readonly training: boolean },
  images: NdArray,
  labels: readonly number[],
): Promise<LabMode['learnt']> {
  const to = metadata.cut;
  const cuts = manifest.cuts.map(({ layer }) => layer);
  const from = cuts[cuts.indexOf(to) - STEP_CUTS] ?? cuts[0] ?? to;
  const { data, shape } = await upTo(from).run(images);
  const top = lowerTrain(model, { from, to, trainable: flags.trainable });
  try {
    const before = top.weights();
    const variables = top.trainableVariables();
    const [layer] = head.layers;
    if (variables.length > 0 && layer !== undefined)
      tf.tidy(() => {
        const [n = 0, h = 0, w = 0, c = 0] = shape;
        const k = head.labels.length;
        const x = tf.tensor4d(data, [n, h, w, c]);
        const { grads } = tf.variableGrads(() => {
          const pooled = tf.mean<tf.Tensor2D>(top.call(x, flags), [1, 2]); // [n,d]
          const z = tf.div(
            tf.sub(pooled, tf.tensor1d(head.standardize.mean)),
            tf.tensor1d(head.standardize.deviation),
          ) as tf.Tensor2D;
          const logits = tf.add(
            tf.matMul(z, tf.tensor2d(layer.kernel, [z.shape[1], k])),
            tf.tensor1d(layer.bias),
          );
          return tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d([...labels], 'int32'), k), logits);
        }, variables);
        for (const variable of variables) {
          const gradient = grads[variable.name];
          if (gradient !== undefined) variable.assign(tf.sub(variable, tf.mul(gradient, LEARNING_RATE)));
        }
      });
    const after = top.weights();
    const norms = top.describe().filter(({ role }) => role === 'gamma' || role === 'beta');
    const changed = norms.filter(({ name }) =>
      before.get(name)?.some((value, i) => !Object.is(value, after.get(name)?.[i])),
    );
    return {
      layers: new Set(changed.map(({ layer: of }) => of)).size,
      of: new Set(norms.map(({ layer: of }) => of)).size,
    };
  } finally {
    top.dispose();
  }
}
