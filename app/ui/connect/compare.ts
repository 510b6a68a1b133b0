// One photo and one head, asked on this device and at the edge.
import type { Client } from '../../../src/client/client.ts';
import type { Digest, HeadId } from '../../../src/contract/ids.ts';
import type { HeadRecord } from '../../storage/schema.ts';
import type { Trainer } from '../../training/trainer.ts';

export interface Comparison {
  /** Most likely first, by this device. */
  readonly classes: readonly { readonly label: string; readonly here: number; readonly there: number }[];
  /** Of any class, [0,1]. */
  readonly difference: number;
  readonly hereMs: number;
  /** With the way there and back. */
  readonly thereMs: number;
}

/**
 * Sends the photo.
 * @returns null when the two heads differ, or there is no model here
 * @throws ApiError; AppError
 */
export async function compare(
  { trainer, client }: { readonly trainer: Trainer; readonly client: Client },
  head: HeadRecord,
  id: HeadId,
  photo: Blob,
): Promise<Comparison | null> {
  // What is sent is what a stored photo would be: small, and without place and time.
  const { data, type } = await trainer.prepareFile(photo);
  const small = new Blob([data], { type });
  await trainer.useHead({ data: head.data, classes: head.classes });
  const here = await trainer.predictFile(small);
  if (here === null) return null;
  const from = performance.now();
  const there = await client.predict(small, { head: id, topK: here.scores.length });
  const thereMs = performance.now() - from;
  if (!isSame(there.revision, head.revision)) return null;
  const scores = new Map(there.predictions.map(({ label, score }) => [label, score]));
  const classes = here.scores
    .map(({ label, score }) => ({ label, here: score, there: scores.get(label) ?? 0 }))
    .sort((a, b) => b.here - a.here);
  const { preprocess, trunk, head: headMs } = here.ms;
  return {
    classes,
    difference: Math.max(...classes.map((one) => Math.abs(one.here - one.there))),
    hereMs: preprocess + trunk + headMs,
    thereMs,
  };
}

const isSame = (a: Digest, b: Digest) => a === b;
