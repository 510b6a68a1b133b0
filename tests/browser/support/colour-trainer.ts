// A trainer without tfjs that tells pictures by their mean colour, for screens that are tested with pictures.
import { type Signal, signal } from '@preact/signals';
import * as v from 'valibot';
import type { ClassId, ExampleId } from '../../../app/storage/schema.ts';
import type {
  Frame,
  Prediction,
  Trained,
  Trainer,
  TrainerStatus,
  TrainingSet,
} from '../../../app/training/trainer.ts';
import { sha256Hex } from '../../../src/contract/digest.ts';
import { AppError } from '../../../src/contract/errors.ts';
import { ModelManifest } from '../../../src/contract/manifest.ts';
import { readFile } from './files.ts';
import { SPACE } from './records.ts';

type Colour = readonly [red: number, green: number, blue: number];

export interface ColourTrainer extends Trainer {
  /** Set it to what a test wants to see. */
  readonly status: Signal<TrainerStatus>;
  readonly readyStatus: TrainerStatus;
}

/** Further from every class than this, of 255, a picture is unlike anything seen. */
const STRANGE = 120;

export async function createColourTrainer(): Promise<ColourTrainer> {
  const file = await readFile('models/mobilenet-v2/manifest.json');
  const manifest = v.parse(ModelManifest, JSON.parse(new TextDecoder().decode(file)));
  const readyStatus: TrainerStatus = { state: 'ready', manifest, backend: 'wasm', space: SPACE };
  const status = signal<TrainerStatus>(readyStatus);
  const known = new Map<ExampleId, Colour>();
  const colourOfExample = (id: ExampleId): Colour => known.get(id) ?? [0, 0, 0];
  let means: readonly { readonly id: ClassId | null; readonly label: string; readonly mean: Colour }[] = [];
  let fitted: typeof means = [];

  async function learn(set: TrainingSet): Promise<Trained> {
    const classes = set.classes.filter(({ id }) => set.examples.some((one) => one.class === id));
    fitted = classes.map(({ id, name }) => {
      const own = set.examples.filter((one) => one.class === id).map((one) => colourOfExample(one.id));
      return { id, label: name, mean: meanOf(own) };
    });
    const data = new TextEncoder().encode(JSON.stringify(fitted));
    const heldOut = set.examples.map((one) => {
      const scores = answer(fitted, colourOfExample(one.id)).scores;
      const best = scores.reduce((a, b) => (b.score > a.score ? b : a));
      const own = scores.find((score) => score.class === one.class)?.score ?? 0;
      return {
        example: one.id,
        class: one.class,
        predicted: best.class ?? one.class,
        own,
        confidence: best.score,
      };
    });
    return {
      kind: 'ridge',
      data: data.buffer,
      revision: await sha256Hex(data),
      classes: classes.map(({ id }) => id),
      report: {
        examples: classes.map(({ id }) => set.examples.filter((one) => one.class === id).length),
        ...{ heldOut: 'example', accuracy: null, lambda: null },
      },
      heldOut,
      ...{ doubtful: [], suspects: [], fitMs: 1 },
      recall: classes.map(({ id }) => {
        const own = heldOut.filter((one) => one.class === id);
        const value = own.filter((one) => one.predicted === id).length / own.length;
        return { value, low: Math.max(0, value - 0.1), high: Math.min(1, value + 0.05), n: own.length };
      }),
      outlook: set.examples.length < 20 ? null : { more: 10, low: 0.93, high: 0.98 },
    };
  }

  return {
    status,
    readyStatus,
    start: async () => {},
    stop: () => {},
    prepareFile: async (photo) => {
      const frame = await createImageBitmap(photo).catch((cause: unknown) => {
        throw new AppError('image_invalid', { cause, detail: 'Not a picture.' });
      });
      return prepare(frame);
    },
    prepareFrame: prepare,
    features: async (photos) => {
      const found: Float32Array[] = [];
      for (const { id, data } of photos) {
        const colour = colourOf(await createImageBitmap(new Blob([data])));
        known.set(id, colour);
        found.push(Float32Array.from(colour));
      }
      return found;
    },
    give: async (features) => {
      for (const { id, values } of features) known.set(id, [values[0] ?? 0, values[1] ?? 0, values[2] ?? 0]);
    },
    fit: learn,
    trainSoftmax: (set) => learn(set),
    fineTuneCost: notHere,
    fineTune: notHere,
    adapt: notHere,
    lab: notHere,
    useHead: async (head) => {
      means = head === null ? [] : fitted;
    },
    predictFrame: async (frame) => {
      const colour = colourOf(frame);
      return means.length === 0 ? null : answer(means, colour);
    },
    predictFile: async (photo) => answer(means, colourOf(await createImageBitmap(photo))),
  } satisfies ColourTrainer;
}

async function prepare(frame: Frame) {
  const [width, height] =
    'displayWidth' in frame ? [frame.displayWidth, frame.displayHeight] : [frame.width, frame.height];
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.drawImage(frame, 0, 0);
  frame.close();
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.8 });
  return { type: 'image/webp' as const, data: await blob.arrayBuffer(), width, height };
}

function colourOf(frame: Frame): Colour {
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  if (context === null) throw new Error('There is no canvas.');
  // Else only the pixels in the middle count.
  context.imageSmoothingQuality = 'high';
  context.drawImage(frame, 0, 0, 1, 1);
  frame.close();
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}

function meanOf(colours: readonly Colour[]): Colour {
  const mean = (channel: 0 | 1 | 2) =>
    colours.reduce((sum, colour) => sum + colour[channel], 0) / colours.length;
  return [mean(0), mean(1), mean(2)];
}

function answer(
  means: readonly { readonly id: ClassId | null; readonly label: string; readonly mean: Colour }[],
  colour: Colour,
): Prediction {
  const far = means.map(({ mean }) => Math.hypot(...mean.map((value, c) => value - (colour[c] ?? 0))));
  const near = far.map((distance) => Math.exp(-distance / 20));
  const sum = near.reduce((a, b) => a + b, 1e-12);
  return {
    scores: means.map(({ id, label }, i) => ({ class: id, label, score: (near[i] ?? 0) / sum })),
    rejected: Math.min(...far) > STRANGE,
    ms: { preprocess: 0, trunk: 0, head: 0 },
    evidence: null,
  };
}

/** The fake does not train what lies below a head. */
function notHere(): Promise<never> {
  return Promise.reject(new Error('The fake does not train what lies below a head.'));
}
