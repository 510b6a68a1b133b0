// The loop, end to end: what a phone does and what the edge answers, on real images, with every promise checked.
// Gives data and reports progress; printing is demo.ts's.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '../../src/contract/digest.ts';
import { argMax, type Evaluation, evaluate, type Share } from '../../src/head/evaluate.ts';
import { applyHead } from '../../src/head/head.ts';
import { startBackend } from './backend.ts';
import { type BatchNormFinding, batchNormFindings } from './batch-norm-proof.ts';
import { DEFAULT_TRUNK } from './default-trunk.ts';
import { enrol, predict, putHead } from './edge-client.ts';
import { lowerTrunk } from './engine.ts';
import { GARMENTS, readGarments } from './fashion.ts';
import { extractFeatures, toImages } from './features.ts';
import { trainHead } from './train-head.ts';
import { downloadTrunk } from './trunk-client.ts';
import { startWorker } from './worker-process.ts';

/** Requests that are under way at once. */
const CONCURRENCY = 4;
/** Largest difference between the edge's and the phone's probabilities that counts as the same. */
const TOLERANCE = 1e-4;
/** Images of the BatchNorm part: batches of eight, bundled in two ways. */
const PROBES = 32;

export interface DemoOptions {
  readonly trainPerClass: number;
  readonly testPerClass: number;
  /** Called at the start of a stage, and with its progress. */
  readonly onStage: (stage: string, done?: number, of?: number) => void;
}

export interface DemoResult {
  readonly model: {
    readonly name: string;
    readonly digest: string;
    readonly statistics: string;
    readonly bytes: number;
  };
  readonly head: {
    readonly revision: string;
    readonly bytes: number;
    readonly cut: string;
    readonly dim: number;
    readonly size: number;
    readonly fitMs: number;
    readonly lambda: number | null;
    readonly temperature: number;
  };
  readonly examples: { readonly train: number; readonly test: number; readonly classes: readonly string[] };
  /** Predictions for training examples made without them. */
  readonly leaveOneOut: Share | null;
  /** The edge's predictions for images that no training saw. */
  readonly edge: Pick<Evaluation, 'accuracy'> & {
    readonly confusion: readonly (readonly number[])[];
    readonly medianMs: number;
    readonly largestDifference: number;
  };
  readonly batchNorm: readonly BatchNormFinding[];
  readonly checks: readonly { readonly what: string; readonly ok: boolean }[];
}

export async function runDemo({ trainPerClass, testPerClass, onStage }: DemoOptions): Promise<DemoResult> {
  const state = mkdtempSync(join(tmpdir(), 'topwork-demo-'));
  onStage('Starting the Worker in workerd, on an empty D1 and R2');
  const worker = await startWorker({ persistTo: state, vars: { ENROLMENT: 'open' } });
  try {
    return await loop(worker.origin, { trainPerClass, testPerClass, onStage });
  } finally {
    await worker.stop();
    rmSync(state, { recursive: true, force: true });
  }
}

async function loop(
  origin: string,
  { trainPerClass, testPerClass, onStage }: DemoOptions,
): Promise<DemoResult> {
  onStage('Downloading trunk and statistics over HTTP, checking digests');
  await startBackend();
  const { manifest, model, bytes } = await downloadTrunk(origin, DEFAULT_TRUNK);
  const { cut, pooling, size } = manifest.defaults;
  const spec = { pooling, size, range: manifest.input.range };
  const phone = lowerTrunk(model, { cut });

  const train = readGarments('train', trainPerClass);
  const made = await trainHead(phone, manifest, train, GARMENTS, (done, of) =>
    onStage('Extracting features of the training images', done, of),
  );
  const leaveOneOut = made.report.accuracy;

  onStage('Enrolling, putting the head');
  const id = 'demo-garments';
  const { token } = await enrol(origin, 'demo');
  const put = await putHead(origin, token, id, made.bytes);
  const again = await putHead(origin, token, id, made.bytes);

  const test = readGarments('test', testPerClass);
  const files = test.map((image) => image.bytes);
  const features = await extractFeatures(phone, files, spec, (done, of) =>
    onStage('Predicting the held-out images here', done, of),
  );
  const local = applyHead(made.head, features.data, test.length);
  const classes: readonly string[] = GARMENTS;
  const k = classes.length;
  const edge = new Float64Array(test.length * k);
  const times: number[] = [];
  let rightRevision = true;
  let done = 0;
  const queue = test.entries();
  const client = async () => {
    for (const [i, image] of queue) {
      const answer = await predict(origin, image.bytes, { head: id, token, topK: k });
      for (const { label, score } of answer.predictions) edge[i * k + classes.indexOf(label)] = score;
      rightRevision &&= answer.revision === put.revision;
      times.push(answer.ms);
      onStage('Asking the edge', ++done, test.length);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, client));
  const labels = test.map(({ label }) => label);
  // The logarithm of a probability is a logit; temperature 1 leaves it as it is.
  const evaluation = evaluate({ logits: edge.map(Math.log), labels, classes: k, temperature: 1 });
  const largestDifference = edge.reduce(
    (max, p, i) => Math.max(max, Math.abs(p - (local.probabilities[i] ?? 0))),
    0,
  );

  onStage('Bundling the same images with other batch-mates');
  const probes = await toImages(spread(files, PROBES), spec);
  const decide = (rows: { readonly data: Float32Array }) => {
    const { logits } = applyHead(made.head, rows.data, PROBES);
    return Array.from({ length: PROBES }, (_, i) => argMax(logits.subarray(i * k, (i + 1) * k)));
  };
  const batchNorm = await batchNormFindings(model, { cut, pooling }, probes, decide);
  phone.dispose();

  const byBatch = batchNorm.filter(({ trainable, training }) => trainable && training);
  const stored = batchNorm.filter((finding) => !byBatch.includes(finding));
  return {
    model: { name: manifest.name, digest: manifest.digest, statistics: manifest.statistics, bytes },
    head: {
      revision: put.revision,
      bytes: made.bytes.length,
      cut,
      dim: features.shape[1] ?? 0,
      size,
      fitMs: made.fitMs,
      lambda: made.report.lambda,
      temperature: made.head.calibration.temperature,
    },
    examples: { train: train.length, test: test.length, classes: GARMENTS },
    leaveOneOut,
    edge: {
      accuracy: evaluation.accuracy,
      confusion: GARMENTS.map((_, row) => [...evaluation.confusion.subarray(row * k, (row + 1) * k)]),
      medianMs: times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0,
      largestDifference,
    },
    batchNorm,
    checks: [
      { what: 'trunk and statistics are what their digests say', ok: true },
      {
        what: "the head's revision is the SHA-256 of its bytes",
        ok: put.revision === (await sha256Hex(made.bytes)),
      },
      { what: 'the same bytes put twice are one revision', ok: again.revision === put.revision },
      { what: 'every prediction was made with that revision', ok: rightRevision },
      { what: `edge and phone differ by less than ${TOLERANCE}`, ok: largestDifference < TOLERANCE },
      {
        what: 'the held-out accuracy at the edge is above chance, with its whole interval',
        ok: (evaluation.accuracy?.low ?? 0) > 1 / k,
      },
      {
        what: 'with stored statistics, batch-mates change no bit, and no statistic moves',
        ok:
          stored.length === 2 && stored.every((f) => f.changed === 0 && f.flipped === 0 && f.statisticsKept),
      },
      {
        what: 'with batch statistics, batch-mates change features, and all statistics move',
        ok: byBatch.length === 1 && byBatch.every((f) => f.changed > 0 && f.moved === f.layers),
      },
    ],
  };
}

/** `count` items, evenly over the list. */
function spread<T>(items: readonly T[], count: number): readonly T[] {
  return items.filter(
    (_, i) => Math.floor((i * count) / items.length) !== Math.floor(((i - 1) * count) / items.length),
  );
}
