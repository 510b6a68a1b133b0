// From a trained head to what the page shows of it: the file, and the held-out figures by example. No tensors.
import { encodeHead } from '../../src/artifact/head-file.ts';
import { sha256Hex } from '../../src/contract/digest.ts';
import type { Adapted, HeadMetadata, Tuning } from '../../src/contract/head.ts';
import type { Digest } from '../../src/contract/ids.ts';
import type { ModelManifest } from '../../src/contract/manifest.ts';
import { argMax, evaluate, wilson } from '../../src/head/evaluate.ts';
import { softmax } from '../../src/head/head.ts';
import type { TrainedHead } from '../../src/head/trainer.ts';
import type { WeightOverlay } from '../../src/trunk/overlay.ts';
import type { ClassId } from '../storage/schema.ts';
import { defaultRecipe, type FeatureRecipe } from './recipe.ts';
import type { HeldOutAnswer, ShareOf, Trained, TrainingSet } from './trainer.ts';

/** How a head was made, where it is not the default way on the trunk as it is stored. */
export interface Making {
  readonly recipe?: FeatureRecipe;
  /** Weights of the trunk that it replaces. */
  readonly overlay?: WeightOverlay;
  /** Digest of the trunk's statistics, the overlay's among them. */
  readonly statistics?: Digest;
  readonly tuning?: Tuning;
  readonly adaptation?: Adapted;
}

/**
 * @param set whose examples the held-out indices are of
 * @param outlook the accuracy that more examples would bring, if it can be said
 */
export async function describeTrained(
  { head, report, heldOut }: TrainedHead,
  set: TrainingSet,
  manifest: ModelManifest,
  { fitMs, outlook }: Pick<Trained, 'fitMs' | 'outlook'>,
  { recipe = defaultRecipe(manifest), overlay = new Map(), statistics, tuning, adaptation }: Making = {},
): Promise<Trained> {
  const metadata: Omit<HeadMetadata, 'schema'> = {
    kind: head.kind,
    labels: [...head.labels],
    model: manifest.name,
    trunk: manifest.digest,
    statistics: statistics ?? manifest.statistics,
    ...recipe,
    batchNorm: 'stored',
    calibration: head.calibration,
    report,
    ...(tuning && { tuning }),
    ...(adaptation && { adaptation }),
  };
  const bytes = encodeHead(head, metadata, { overlay });
  const byName = new Map(set.classes.map(({ id, name }) => [name, id]));
  const classes = head.labels
    .map((label) => byName.get(label))
    .filter((id): id is ClassId => id !== undefined);
  const k = classes.length;
  const { temperature } = head.calibration;
  const { doubtful, suspects, confusion } = evaluate({ ...heldOut, classes: k, temperature });
  const answers = heldOut.examples.flatMap((index, row): HeldOutAnswer[] => {
    const logits = heldOut.logits.slice(row * k, (row + 1) * k);
    const probabilities = softmax(logits, temperature);
    const label = heldOut.labels[row] ?? -1;
    const called = argMax(logits);
    const [example, own, predicted] = [set.examples[index]?.id, classes[label], classes[called]];
    if (example === undefined || own === undefined || predicted === undefined) return [];
    return [
      {
        ...{ example, class: own, predicted },
        ...{ own: probabilities[label] ?? 0, confidence: probabilities[called] ?? 0 },
      },
    ];
  });
  const exampleOf = (row: number) => {
    const example = set.examples[heldOut.examples[row] ?? -1];
    return example === undefined ? [] : [example.id];
  };
  return {
    kind: head.kind,
    data: bytes.buffer,
    revision: await sha256Hex(bytes),
    classes,
    report,
    heldOut: answers,
    doubtful: doubtful.flatMap(exampleOf),
    suspects: suspects.flatMap(exampleOf),
    recall: classes.map((_, c) => recallOf(confusion.subarray(c * k, (c + 1) * k), c)),
    outlook,
    fitMs,
  };
}

function recallOf(row: Int32Array, c: number): ShareOf | null {
  const total = row.reduce((a, b) => a + b, 0);
  return total === 0 ? null : wilson(row[c] ?? 0, total);
}
