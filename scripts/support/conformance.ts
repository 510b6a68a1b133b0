// Whether a deployment computes the numbers that this code computes, and those that it says it computes: golden images
// through the trunk here, against its conformance document, against its own features and scores. Prints nothing.
import type { Conformance, ConformanceImage } from '../../src/contract/conformance.ts';
import { sha256Hex } from '../../src/contract/digest.ts';
import type { HeadMetadata } from '../../src/contract/head.ts';
import type { NdArray } from '../../src/contract/nd-array.ts';
import { applyHead } from '../../src/head/head.ts';
import { overlayWeights, type WeightOverlay } from '../../src/trunk/overlay.ts';
import { createEdge, type Target } from './conformance-edge.ts';
import { bytesOf, floatsOf } from './conformance-golden.ts';
import { lowerTrunk } from './engine.ts';
import { toImages } from './features.ts';
import { type DownloadedTrunk, downloadTrunk } from './trunk-client.ts';

/** What is compared, in the order of the table. */
export const CHECKS = ['input', 'default', 'end', 'image', 'tensor', 'scores', 'features'] as const;
export type Check = (typeof CHECKS)[number];

/** What each check compares. */
export const CHECK_NOTES: Readonly<Record<Check, string>> = {
  input: 'what enters the trunk here against its digest in the document',
  default: 'features at the default cut, here against the document',
  end: 'features at the trunk’s end, here against the document',
  image: 'features that the edge makes of the image, against those made here',
  tensor: 'features that the edge makes of the trunk’s input, against those made here',
  scores: 'probabilities that the edge gives to the image, against those made here',
  features: 'probabilities that the edge gives to features made here, against those made here',
};

/** One comparison. */
export type Finding =
  | {
      readonly kind: 'compared';
      /** 0: equal to the bit. */
      readonly error: number;
      readonly limit: number;
    }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'skipped'; readonly reason: string };

export interface ConformanceReport {
  readonly model: string;
  readonly trunk: string;
  readonly images: readonly { readonly name: string; readonly findings: Readonly<Record<Check, Finding>> }[];
  /** No comparison is off, none failed. Skipped ones say why. */
  readonly ok: boolean;
}

export function isOff(finding: Finding): boolean {
  if (finding.kind === 'skipped') return false;
  // Not `>`: NaN is off too.
  return finding.kind === 'failed' || !(finding.error <= finding.limit);
}

/**
 * Checks a deployment; it is asked only what anyone may ask, and changes nothing there.
 * @param origin such as `https://topwork.example`
 * @param options.model the first one unless said
 * @throws AppError when it cannot be checked at all: no answer, no such model, a trunk that is not what it says
 */
export async function checkConformance(
  origin: string,
  {
    model,
    onImage = () => {},
  }: { readonly model?: string | undefined; readonly onImage?: (name: string) => void } = {},
): Promise<ConformanceReport> {
  const edge = createEdge(origin);
  const target = await edge.target(model);
  const [document, trunk] = [await edge.conformance(target.name), await downloadTrunk(origin, target.name)];
  const here = createLocal(trunk, document, target);
  const images: ConformanceReport['images'][number][] = [];
  try {
    for (const image of document.images) {
      onImage(image.name);
      images.push({ name: image.name, findings: await checkImage(image, { document, target, edge, here }) });
    }
  } finally {
    here.dispose();
  }
  const ofThisTrunk = document.trunk === trunk.manifest.digest && document.images.length > 0;
  const ok = ofThisTrunk && images.every(({ findings }) => !Object.values(findings).some(isOff));
  return { model: target.name, trunk: trunk.manifest.digest, images, ok };
}

interface Context {
  readonly document: Conformance;
  readonly target: Target;
  readonly edge: ReturnType<typeof createEdge>;
  readonly here: ReturnType<typeof createLocal>;
}

async function checkImage(
  image: ConformanceImage,
  { document, target, edge, here }: Context,
): Promise<Readonly<Record<Check, Finding>>> {
  const bytes = new Uint8Array(Buffer.from(image.data, 'base64'));
  const { tolerance } = document;
  const entered = await Promise.all(
    image.expected.map(async ({ recipe, input }) => {
      return (await sha256Hex(bytesOf((await here.input(bytes, recipe)).data))) === input;
    }),
  );
  const isImage = (await sha256Hex(bytes)) === image.sha256;
  const documented = (name: 'default' | 'end') =>
    attempt(async () => {
      const expected = image.expected.find(({ recipe }) => recipe === name);
      if (expected === undefined) return { kind: 'failed', reason: `the document has no recipe "${name}"` };
      const made = await here.features(await here.input(bytes, name), name);
      return compared(relativeError(floatsOf(expected.features), made), tolerance.features);
    });
  const input = await here.input(bytes, 'head');
  const made = await here.features(input, 'head');
  const featuresAtEdge = (ask: () => Promise<Float32Array>) =>
    attempt(async () => compared(relativeError(made, await ask()), tolerance.features));
  const scoresAtEdge = (given: Uint8Array | Float32Array) =>
    attempt(async () => {
      if (target.head === null) return { kind: 'skipped', reason: 'the model has no default head' };
      const { probabilities } = applyHead(target.head.head, made, 1);
      const scores = await edge.scores(target.name, given);
      const { labels } = target.head.metadata;
      if (scores.size !== labels.length)
        return { kind: 'failed', reason: `${scores.size} classes instead of ${labels.length}` };
      const differences = labels.map((label, i) =>
        Math.abs((scores.get(label) ?? Number.NaN) - (probabilities[i] ?? Number.NaN)),
      );
      return compared(largest(differences), tolerance.probabilities);
    });
  return {
    input:
      isImage && entered.length > 0 && entered.every((same) => same)
        ? compared(0, 0)
        : { kind: 'failed', reason: 'another digest' },
    default: await documented('default'),
    end: await documented('end'),
    image: await featuresAtEdge(() => edge.features(target.name, { name: 'image_bytes', shape: [1], bytes })),
    tensor: await featuresAtEdge(() =>
      edge.features(target.name, { name: 'image', shape: input.shape, bytes: bytesOf(input.data) }),
    ),
    scores: await scoresAtEdge(bytes),
    features: await scoresAtEdge(made),
  };
}

/** The trunk on this machine, at the recipes of the document and (`head`) at that of the head that answers. */
function createLocal({ model, manifest }: DownloadedTrunk, document: Conformance, { head }: Target) {
  const { cut, pooling, size } = manifest.defaults;
  const recipes = new Map<string, Pick<HeadMetadata, 'cut' | 'pooling' | 'preprocessing'>>([
    ...document.recipes.map((recipe) => [recipe.name, recipe] as const),
    [
      'head',
      head?.metadata ?? { cut, pooling, preprocessing: { size, range: manifest.input.range } },
    ] as const,
  ]);
  const lowered = new Map<string, ReturnType<typeof lowerTrunk>>();
  const recipeOf = (name: string) => {
    const recipe = recipes.get(name);
    if (recipe === undefined) throw new Error(`The document has no recipe "${name}".`);
    return recipe;
  };
  return {
    /** What enters the trunk, [1,size,size,3]. */
    input: (bytes: Uint8Array, recipe: string): Promise<NdArray> =>
      toImages([bytes], recipeOf(recipe).preprocessing),
    /** [d] */
    async features(input: NdArray, recipe: string): Promise<Float32Array> {
      const { cut: layer, pooling: how } = recipeOf(recipe);
      const overlay: WeightOverlay = (recipe === 'head' ? head?.overlay : undefined) ?? new Map();
      const trunk = lowered.get(recipe) ?? lowerTrunk(overlayWeights(model, overlay), { cut: layer });
      lowered.set(recipe, trunk);
      return (await trunk.features(input, how)).data;
    },
    dispose(): void {
      for (const trunk of lowered.values()) trunk.dispose();
    },
  };
}

async function attempt(check: () => Promise<Finding>): Promise<Finding> {
  return check().catch((error: unknown) => ({
    kind: 'failed',
    reason: error instanceof Error ? error.message : String(error),
  }));
}

function compared(error: number, limit: number): Finding {
  return { kind: 'compared', error, limit };
}

/** Largest difference over the largest expected size; infinite where the lengths differ. */
export function relativeError(expected: Float32Array, actual: Float32Array): number {
  if (expected.length !== actual.length || expected.length === 0) return Number.POSITIVE_INFINITY;
  const difference = largest(expected.map((value, i) => Math.abs(value - (actual[i] ?? Number.NaN))));
  return difference === 0 ? 0 : difference / largest(expected.map(Math.abs));
}

/** NaN if there is one among them: `Math.max` says so. */
function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, value), 0);
}
