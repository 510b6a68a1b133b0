// A tfjs layers-model -> the files of a trunk: the classifier's top cut off, weights as shipped in shards that are named
// by their content, and what the manifest says of them. Pure: bytes in, bytes out; bn.safetensors is the artifact room's.

import * as v from 'valibot';
import { sha256Hex } from '../contract/digest.ts';
import { AppError } from '../contract/errors.ts';
import type { ModelManifest } from '../contract/manifest.ts';
import { describeBatchNorm, digestStatistics, readStatistics, type Statistics } from './batch-norm.ts';
import { type CutPoint, cutPoints } from './cuts.ts';
import { type Graph, truncate } from './graph.ts';
import { concatBytes, parametersOf, readModel, type TrunkModel } from './model-files.ts';

/** Small enough for a resumed download to lose little, large enough for few requests. */
const SHARD_BYTES = 4 * 1024 * 1024;

export interface TrunkFiles {
  readonly model: TrunkModel;
  /** model.json and the shards, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly statistics: readonly Statistics[];
  /** What can be read off the model; the importer adds names, defaults, licence and the list of files. */
  readonly facts: Pick<ModelManifest, 'digest' | 'weights' | 'statistics' | 'parameters'> & {
    readonly cuts: readonly {
      readonly layer: string;
      readonly shape: [number, number, number];
      readonly dim: number;
      readonly macs: number;
    }[];
    readonly batchNorm: ModelManifest['batchNorm'];
    /** [0,255] where the model rescales by itself, else null: the file does not say. */
    readonly range: [number, number] | null;
  };
}

const LooseModel = v.looseObject({
  modelTopology: v.looseObject({
    model_config: v.optional(v.unknown()),
    training_config: v.optional(v.unknown()),
  }),
});
const NamedLayer = v.looseObject({
  name: v.optional(v.string()),
  config: v.looseObject({ name: v.optional(v.string()) }),
});
const LooseConfig = v.union([v.array(NamedLayer), v.looseObject({ layers: v.array(NamedLayer) })]);

/**
 * @param modelJson parsed model.json of a tfjs layers-model
 * @param readShard its shards by path
 * @param options.top the trunk's last layer; without it, the last cut before the classifier
 * @throws AppError as `readModel`; `model_invalid` when there is no cut to end at
 */
export async function importTrunk(
  modelJson: unknown,
  readShard: (path: string) => Promise<Uint8Array>,
  options: { readonly top?: string | undefined } = {},
): Promise<TrunkFiles> {
  const whole = await readModel(modelJson, readShard);
  const top = topOf(whole.graph, options.top);
  const graph = truncate(whole.graph, top.layer);
  const names = new Set(graph.nodes.flatMap((node) => Object.values(node.weights)));
  const kept = whole.weights.names.filter((name) => names.has(name));
  const bytes = concatBytes(kept.map((name) => whole.weights.stored(name)));
  const files = new Map<string, Uint8Array>();
  const paths: string[] = [];
  for (let at = 0; at < bytes.length; at += SHARD_BYTES) {
    const shard = bytes.subarray(at, at + SHARD_BYTES);
    const path = `${await sha256Hex(shard)}.bin`;
    paths.push(path);
    files.set(path, shard);
  }
  const trimmed = {
    format: 'layers-model',
    modelTopology: trimTopology(modelJson, new Set(graph.nodes.map((node) => node.layer)), top.layer),
    weightsManifest: [{ paths, weights: kept.map((name) => whole.weights.spec(name)) }],
  };
  const json = new TextEncoder().encode(JSON.stringify(trimmed));
  files.set('model.json', json);
  const model = await readModel(trimmed, async (path) => files.get(path) ?? new Uint8Array());
  const statistics = readStatistics(model);
  return {
    model,
    files,
    statistics,
    facts: {
      digest: await sha256Hex(json),
      weights: await sha256Hex(bytes),
      statistics: await digestStatistics(statistics),
      parameters: model.graph.nodes.reduce((sum, node) => sum + parametersOf(model, node.name), 0),
      cuts: cutPoints(model.graph).map(({ layer, shape: [h, w, c], macs }) => ({
        layer,
        shape: [h, w, c],
        dim: c,
        macs,
      })),
      batchNorm: [...describeBatchNorm(model)],
      range: model.graph.nodes.some((node) => node.op.kind === 'rescale') ? [0, 255] : null,
    },
  };
}

function topOf(graph: Graph, wanted: string | undefined): CutPoint {
  const cuts = cutPoints(graph);
  const top = wanted === undefined ? cuts.at(-1) : cuts.find(({ layer }) => layer === wanted);
  if (top === undefined)
    throw new AppError('model_invalid', {
      detail:
        wanted === undefined
          ? 'The model has no layer where a trunk could end: no map [h,w,c] that every path goes through.'
          : `The trunk cannot end at "${wanted}"; it can at ${cuts.map(({ layer }) => layer).join(', ')}.`,
    });
  return top;
}

/** The author's JSON with the layers above the trunk's end left out, otherwise as it was. */
function trimTopology(modelJson: unknown, layers: ReadonlySet<string>, output: string): unknown {
  const { modelTopology } = v.parse(LooseModel, modelJson);
  const wrapped = v.safeParse(
    v.looseObject({ class_name: v.string(), config: v.unknown() }),
    modelTopology.model_config,
  );
  const inner = wrapped.success
    ? wrapped.output
    : v.parse(v.looseObject({ class_name: v.string(), config: v.unknown() }), modelTopology);
  const config = v.parse(LooseConfig, inner.config);
  const keep = (list: readonly v.InferOutput<typeof NamedLayer>[]) =>
    list.filter((layer) => layers.has(layer.name ?? layer.config.name ?? ''));
  const trimmed = {
    ...inner,
    config: Array.isArray(config)
      ? keep(config)
      : {
          ...config,
          layers: keep(config.layers),
          ...(inner.class_name === 'Sequential' ? {} : { output_layers: [[output, 0, 0]] }),
        },
  };
  // Training configuration of the whole model says nothing of its trunk.
  const { training_config: _, ...rest } = modelTopology;
  return wrapped.success ? { ...rest, model_config: trimmed } : { ...rest, ...trimmed };
}
