// From a trained head to what the page shows of it: the file, and the held-out figures by example. No tensors.
import { encodeHead } from '../../src/artifact/head-file.ts';
import { sha256Hex } from '../../src/contract/digest.ts';
import type { HeadMetadata } from '../../src/contract/head.ts';
import type { ModelManifest } from '../../src/contract/manifest.ts';
import { argMax, evaluate, wilson } from '../../src/head/evaluate.ts';
import { softmax } from '../../src/head/head.ts';
import type { TrainedHead } from '../../src/head/trainer.ts';
import type { ClassId } from '../storage/schema.ts';
import { defaultRecipe } from './recipe.ts';
import type { HeldOutAnswer, ShareOf, Trained, TrainingSet } from './trainer.ts';

/**
 * @param set whose examples the held-out indices are of
 * @param outlook the accuracy that more examples would bring, if it can be said
 */
export async function describeTrained(
  { head, report, heldOut }: TrainedHead,
  set: TrainingSet,
  manifest: ModelManifest,
  { fitMs, outlook }: Pick<Trained, 'fitMs' | 'outlook'>,
): Promise<Trained> {
  const metadata: HeadMetadata = {
    schema: 'topwork.head/1',
    kind: head.kind,
    labels: [...head.labels],
    model: manifest.name,
    trunk: manifest.digest,
    statistics: manifest.statistics,
    ...defaultRecipe(manifest),
    batchNorm: 'stored',
    calibration: head.calibration,
    report,
  };
  const bytes = encodeHead(head, metadata);
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
