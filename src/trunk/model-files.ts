// A tfjs layers-model as files -> graph and weights, checked against each other and against the shards' names.
// Fetching and file systems are the caller's.
import * as v from 'valibot';
import { sha256Hex } from '../contract/digest.ts';
import { AppError } from '../contract/errors.ts';
import { type Graph, nodeOf, product } from './graph.ts';
import { readTopology } from './keras.ts';
import { shapesOf } from './shapes.ts';
import { createWeights, type Weights, WeightsManifest } from './weights.ts';

/** A trunk as data: what a lowering is made from. */
export interface TrunkModel {
  readonly graph: Graph;
  readonly weights: Weights;
}

const ModelJson = v.looseObject({
  format: v.optional(v.nullable(v.string())),
  modelTopology: v.unknown(),
  weightsManifest: WeightsManifest,
});

/**
 * Reads a layers-model, tfjs's own or an imported trunk.
 * @param modelJson parsed model.json
 * @param readShard bytes of a shard by its path in `weightsManifest`
 * @throws AppError `model_invalid`, `model_layer_unknown`, `model_weight_missing`, `model_truncated`,
 *   `shape_mismatch` for layers that do not fit each other, and `digest_mismatch` for a shard that is named by a
 *   SHA-256 that is not its own
 */
export async function readModel(
  modelJson: unknown,
  readShard: (path: string) => Promise<Uint8Array>,
): Promise<TrunkModel> {
  const parsed = v.safeParse(ModelJson, modelJson);
  if (!parsed.success)
    throw new AppError('model_invalid', {
      detail: `This is not a tfjs layers-model: ${v.getDotPath(parsed.issues[0]) ?? 'model.json'}: ${parsed.issues[0].message}.`,
    });
  const { format, modelTopology, weightsManifest } = parsed.output;
  if (format === 'graph-model')
    throw new AppError('model_invalid', {
      detail:
        'This is a tfjs graph-model, whose BatchNorm is gone. Export the Keras model as a layers-model.',
    });
  // Asked for at once, so that they come while the topology is read.
  const reading = Promise.all(
    weightsManifest.map(async ({ paths, weights }) => ({
      weights,
      bytes: concatBytes(await Promise.all(paths.map((path) => readChecked(path, readShard)))),
    })),
  );
  // What is wrong with the topology is said first.
  reading.catch(() => {});
  const graph = readTopology(modelTopology);
  checkWeightsListed(graph, weightsManifest);
  const groups = await reading;
  const model = { graph, weights: createWeights(groups) };
  checkWeightShapes(model);
  return model;
}

async function readChecked(
  path: string,
  readShard: (path: string) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const bytes = await readShard(path);
  const named = /^([0-9a-f]{64})\.bin$/.exec(path)?.[1];
  if (named !== undefined && (await sha256Hex(bytes)) !== named)
    throw new AppError('digest_mismatch', {
      detail: `The shard ${path} has ${bytes.length} bytes that are not what its name says: fetch it again.`,
    });
  return bytes;
}

/** The parts one after the other. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function checkWeightsListed(graph: Graph, manifest: WeightsManifest): void {
  const listed = new Set(manifest.flatMap(({ weights }) => weights.map((spec) => spec.name)));
  for (const node of graph.nodes)
    for (const name of Object.values(node.weights))
      if (!listed.has(name))
        throw new AppError('model_weight_missing', {
          detail: `Layer "${node.layer}" needs the weight "${name}", which the model does not list.`,
        });
}

function checkWeightShapes({ graph, weights }: TrunkModel): void {
  const shapes = shapesOf(graph, graph.inputShape);
  for (const node of graph.nodes)
    for (const [role, name] of Object.entries(node.weights)) {
      const expected = expectedShape(node.op, role, shapes.get(node.inputs[0] ?? '')?.at(-1) ?? 0);
      const actual = weights.spec(name).shape;
      if (expected.join() !== actual.join())
        throw new AppError('model_invalid', {
          detail: `The weight "${name}" has the shape [${actual}], but layer "${node.layer}" needs [${expected}].`,
        });
    }
}

function expectedShape(op: Graph['nodes'][number]['op'], role: string, channels: number): readonly number[] {
  switch (op.kind) {
    case 'conv2d':
      return role === 'kernel' ? [...op.window, channels, op.filters] : [op.filters];
    case 'depthwiseConv2d':
      return role === 'kernel' ? [...op.window, channels, op.multiplier] : [channels * op.multiplier];
    case 'dense':
      return role === 'kernel' ? [channels, op.units] : [op.units];
    default:
      return [channels];
  }
}

/** Number of weights of a node, all roles together. */
export function parametersOf(model: TrunkModel, name: string): number {
  return Object.values(nodeOf(model.graph, name).weights).reduce(
    (sum, weight) => sum + product(model.weights.spec(weight).shape),
    0,
  );
}
