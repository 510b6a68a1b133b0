// The golden check of a head with layers of its own, the same for every platform: from the bytes of an image and of the
// head to what the head says, the shared part and the head's own run one after the other. Files are the caller's.
import * as v from 'valibot';
import { decodeHead } from '../../src/artifact/head-file.ts';
import { sha256Hex } from '../../src/contract/digest.ts';
import { applyHead } from '../../src/head/head.ts';
import { type Codecs, decodeInput } from '../../src/image/decode.ts';
import type { LowerTrunk } from '../../src/trunk/lowering.ts';
import type { TrunkModel } from '../../src/trunk/model-files.ts';
import { checkOverlay, overlayWeights, splitAt } from '../../src/trunk/overlay.ts';

/** Files of `tests/golden/image`, one of each format. */
export const IMAGES = ['jpeg-photo.jpg', 'png-rgb.png', 'webp-lossy.webp'] as const;

/** What the head says of one image. */
export interface Answer {
  /** SHA-256 of the float32 bytes. */
  readonly features: string;
  /** float32 */
  readonly logits: readonly number[];
}

const Golden = v.object({
  /** The head's file, in base64. */
  head: v.pipe(
    v.string(),
    v.transform((text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0))),
  ),
  answers: v.record(v.string(), v.object({ features: v.string(), logits: v.array(v.number()) })),
});

/** `tests/golden/trunk/own-layers.json`, parsed. */
export function readOwnLayers(json: unknown): v.InferOutput<typeof Golden> {
  return v.parse(Golden, json);
}

/** @returns what the head says of each of `IMAGES` */
export async function answersHere(
  lower: LowerTrunk,
  model: TrunkModel,
  codecs: Codecs,
  file: Uint8Array,
  read: (image: string) => Promise<Uint8Array>,
): Promise<Record<string, Answer>> {
  const { head, metadata, overlay } = decodeHead(file);
  await checkOverlay(model, overlay, metadata);
  const { cut, pooling, preprocessing } = metadata;
  const from = splitAt(model.graph, overlay, cut);
  if (from === null || from === cut)
    throw new Error('The golden head shares a part, and has one of its own.');
  const shared = lower(model, { cut: from });
  const own = lower(overlayWeights(model, overlay), { cut, from });
  const answers: Record<string, Answer> = {};
  try {
    for (const image of IMAGES) {
      const data = await decodeInput(await read(image), codecs, preprocessing);
      const { size } = preprocessing;
      const activation = await shared.run({ data, shape: [1, size, size, 3] });
      const { data: features } = await own.features(activation, pooling);
      const { logits } = applyHead(head, features, 1);
      answers[image] = answerOf(await digestOf(features), logits);
    }
  } finally {
    shared.dispose();
    own.dispose();
  }
  return answers;
}

/** Rounded to float32, as the borrowed dialects say it. */
export function answerOf(features: string, logits: Iterable<number>): Answer {
  return { features, logits: Array.from(logits, Math.fround) };
}

/** SHA-256 of the float32 bytes. */
export function digestOf(features: ArrayLike<number>): Promise<string> {
  return sha256Hex(new Uint8Array(Float32Array.from(features).buffer));
}
