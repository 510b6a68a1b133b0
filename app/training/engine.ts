// The trunk and the heads in the Web Worker: features, fits, predictions. The trunk runs on our engine, or on tfjs where
// that is faster; heads are applied in plain arithmetic. Everything that takes long is a job that gives way between its steps.
import { AppError } from '../../src/contract/errors.ts';
import type { NdArray } from '../../src/contract/nd-array.ts';
import type { StartDescent } from '../../src/head/descent.ts';
import { evidenceMap } from '../../src/head/evidence.ts';
import { type Examples, joinRows } from '../../src/head/examples.ts';
import { applyHead } from '../../src/head/head.ts';
import { outlook } from '../../src/head/outlook.ts';
import { randomFrom } from '../../src/head/random.ts';
import { fitRidge } from '../../src/head/ridge.ts';
import { TrainingDiverged, trainSoftmax } from '../../src/head/softmax.ts';
import type { TrainingProgress } from '../../src/head/trainer.ts';
import { decodeInput } from '../../src/image/decode.ts';
import { preprocess } from '../../src/image/preprocess.ts';
import { poolFeatures } from '../../src/trunk/pool.ts';
import { DeviceError } from '../failure.ts';
import type { ExampleId } from '../storage/schema.ts';
import { algebraHere, kernelsOr } from './backends/kernels-or.ts';
import { loweringOf } from './backends/lowering-of.ts';
import { measure } from './backends/measure.ts';
import { compile } from './backends/module.ts';
import { codecs } from './codecs.ts';
import { labelled } from './labelled.ts';
import { drawSquare, prepareFile } from './prepare-photo.ts';
import type { Calls, Measurement } from './protocol.ts';
import { defaultRecipe } from './recipe.ts';
import type { Job } from './scheduler.ts';
import { describeTrained } from './trained.ts';
import {
  Diverged,
  type GivenHead,
  type Prediction,
  type PredictOptions,
  type Trained,
  type TrainingSet,
} from './trainer.ts';
import { createTrunk, type LoadedHead, loadHead, type Runner } from './trunk.ts';

/** How many more examples of each class the outlook is about. */
const OUTLOOK_MORE = 10;

export type Engine = Awaited<ReturnType<typeof createEngine>>;

/**
 * Loads the trunk onto a backend.
 * @throws AppError as `readModel`, when the files are damaged; `internal` when the backend does not start
 */
export async function createEngine({ backend, ...trunkFiles }: Calls['load']['ask']) {
  const trunk = await createTrunk(trunkFiles, await loweringOf(backend));
  const { manifest } = trunk;
  const { cut, pooling, preprocessing } = defaultRecipe(manifest);
  const frozen = trunk.upTo(cut);
  const known = new Map<ExampleId, Float32Array>();
  let used: (LoadedHead & { readonly runner: Runner }) | null = null;
  // The first run plans and compiles: not while somebody waits for an answer.
  await frozen.features(imageOf(new Float32Array(preprocessing.size ** 2 * 3)), pooling);

  async function predict(
    makeInput: (used: LoadedHead) => Promise<Float32Array> | Float32Array,
    { evidence }: PredictOptions,
  ): Promise<Prediction | null> {
    if (used === null) return null;
    const { head, metadata, classes, runner } = used;
    const start = performance.now();
    const image = imageOf(await makeInput(used));
    const afterInput = performance.now();
    const activation = evidence === undefined ? null : await runner.run(image);
    const { data: features } =
      activation === null
        ? await runner.features(image, metadata.pooling)
        : poolFeatures(activation, metadata.pooling);
    checkFinite(features);
    const afterTrunk = performance.now();
    const { probabilities, rejection } = applyHead(head, features, 1);
    const best = probabilities.indexOf(probabilities.reduce((a, b) => Math.max(a, b), 0));
    const wanted = evidence === 'top' || evidence === undefined ? best : classes.indexOf(evidence);
    return {
      scores: head.labels.map((label, c) => ({
        ...{ class: classes[c] ?? null, label, score: probabilities[c] ?? 0 },
      })),
      rejected: (rejection[0] ?? 0) > (head.calibration.rejectAbove ?? Number.POSITIVE_INFINITY),
      evidence:
        activation === null || wanted < 0 ? null : evidenceMap(head, activation, metadata.pooling, wanted),
      ms: {
        preprocess: afterInput - start,
        trunk: afterTrunk - afterInput,
        head: performance.now() - afterTrunk,
      },
    };
  }

  function examplesOf(set: TrainingSet): Examples {
    const rows = set.examples.map(({ id }) => {
      const row = known.get(id);
      if (row === undefined)
        throw new AppError('features_invalid', {
          detail: 'A photo has no features yet. Compute them first.',
        });
      return row;
    });
    return { ...labelled(set), features: joinRows(rows) };
  }

  const descentHere = () => kernelsOr(tfjsDescent, (kernels) => kernels.loadDescent(compile));

  /** tfjs's, on the backend of the trunk where that is tfjs's. */
  async function tfjsDescent(): Promise<StartDescent> {
    const [{ startBackend }, { startDescent }] = await Promise.all([
      import('./backends/start.ts'),
      import('../../src/head/softmax-descent.ts'),
    ]);
    await startBackend(backend === 'webgl' ? 'webgl' : 'wasm');
    return startDescent;
  }

  return {
    async measure(): Promise<Measurement> {
      return measure(
        async (input) => (await frozen.features(imageOf(input), pooling)).data,
        preprocessing.size,
        // On the GPU, layers of the trunk are trained by tfjs.
        backend === 'webgl' ? await tfjsDescent() : await descentHere(),
      );
    },

    async *features(photos: Calls['features']['ask']): Job<readonly Float32Array[]> {
      const vectors: Float32Array[] = [];
      for (const { id, data } of photos) {
        const input = await decodeInput(new Uint8Array(data), codecs, preprocessing);
        const { data: vector } = await frozen.features(imageOf(input), pooling);
        checkFinite(vector);
        known.set(id, vector);
        vectors.push(vector);
        yield;
      }
      return vectors;
    },

    give(features: Calls['give']['ask']): null {
      for (const { id, values } of features) known.set(id, values);
      return null;
    },

    async *fit(set: TrainingSet): Job<Trained> {
      const examples = examplesOf(set);
      const algebra = await algebraHere();
      const start = performance.now();
      const model = fitRidge(examples, { algebra });
      const trained = model.train();
      const fitMs = performance.now() - start;
      yield;
      const rng = randomFrom(examples.labels.length);
      const expected = outlook(examples, OUTLOOK_MORE, rng, { frame: model.frame, algebra });
      return describeTrained(trained, set, manifest, {
        fitMs,
        outlook: expected && { more: OUTLOOK_MORE, ...expected },
      });
    },

    async *trainSoftmax(
      { set, options }: Calls['trainSoftmax']['ask'],
      onProgress: (progress: TrainingProgress) => void,
      signal: AbortSignal,
    ): Job<Trained> {
      const began = performance.now();
      const describe = (trained: Parameters<typeof describeTrained>[0]) =>
        describeTrained(trained, set, manifest, { fitMs: performance.now() - began, outlook: null });
      const examples = examplesOf(set);
      const training = trainSoftmax(examples, { ...options, start: await descentHere(), signal });
      for (;;) {
        const step = await training.next().catch(async (error: unknown) => {
          if (!(error instanceof TrainingDiverged)) throw error;
          throw new Diverged(error.lastGood && (await describe(error.lastGood)), error.detail);
        });
        if (step.done === true) return describe(step.value);
        onProgress(step.value);
        yield;
      }
    },

    async useHead(given: GivenHead | null): Promise<null> {
      used?.runner.dispose();
      used = null;
      if (given === null) return null;
      const loaded = await loadHead(trunk, given);
      used = { ...loaded, runner: trunk.withWeights(loaded.overlay, loaded.metadata.cut) };
      return null;
    },

    /** Closes the frame, as soon as it is read: a camera has few to give. */
    predictFrame({ frame, options }: Calls['predictFrame']['ask']): Promise<Prediction | null> {
      if (used === null) frame.close();
      return predict(({ metadata }) => {
        try {
          const canvas = drawSquare(frame, 2 * metadata.preprocessing.size);
          const { width, height } = canvas;
          const { data } = contextOf(canvas).getImageData(0, 0, width, height);
          return preprocess({ width, height, data }, metadata.preprocessing);
        } finally {
          frame.close();
        }
      }, options);
    },

    /** A file is made what a stored photo would be first, so that both give the same numbers. */
    predictFile({ file: photo, options }: Calls['predictFile']['ask']): Promise<Prediction | null> {
      return predict(async ({ metadata }) => {
        const { data } = await prepareFile(photo);
        return decodeInput(new Uint8Array(data), codecs, metadata.preprocessing);
      }, options);
    },
  };
}

/** @param data [size,size,3] */
function imageOf(data: Float32Array): NdArray {
  const size = Math.sqrt(data.length / 3);
  return { data, shape: [1, size, size, 3] };
}

/** @throws DeviceError `trainer_crashed` for what is no number: the backend has broken down */
function checkFinite(features: Float32Array): void {
  if (features.every(Number.isFinite)) return;
  throw new DeviceError('trainer_crashed', { detail: 'The backend gave features that are not numbers.' });
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (context === null) throw new AppError('internal', { detail: 'This browser gives no 2D canvas.' });
  return context;
}
