// Keras's JSON of a functional or sequential model (2.x and 3 alike) -> Graph: how the layers are connected, in an
// order in which they can run. What each layer does is keras-layers.ts; no weights, no tensors.
import * as v from 'valibot';
import { AppError } from '../contract/errors.ts';
import { type Graph, type Node, truncate } from './graph.ts';
import { buildLayer, type KerasLayer } from './keras-layers.ts';

const int = v.pipe(v.number(), v.integer());
const LayerJson = v.object({
  class_name: v.string(),
  name: v.optional(v.string()),
  config: v.looseObject({
    name: v.optional(v.string()),
    batch_input_shape: v.optional(v.unknown()),
    batch_shape: v.optional(v.unknown()),
  }),
  inbound_nodes: v.optional(v.array(v.unknown()), []),
});
const History = v.looseTuple([v.string(), v.literal(0), v.literal(0)]);
const Histories = v.array(History);
const Keras3Tensor = v.object({
  class_name: v.literal('__keras_tensor__'),
  config: v.object({ keras_history: History }),
});
const ModelJson = v.object({
  class_name: v.string(),
  config: v.union([
    v.array(LayerJson),
    v.looseObject({
      layers: v.array(LayerJson),
      input_layers: v.optional(v.unknown()),
      output_layers: v.optional(v.unknown()),
    }),
  ]),
});

/**
 * Reads `modelTopology` of a tfjs layers-model.
 * @throws AppError `model_layer_unknown` naming the layer and what is known; `model_invalid` for anything else
 */
export function readTopology(topology: unknown): Graph {
  const wrapped = v.safeParse(v.looseObject({ model_config: ModelJson }), topology);
  const parsed = wrapped.success
    ? { success: true as const, output: wrapped.output.model_config }
    : v.safeParse(ModelJson, topology);
  if (!parsed.success)
    throw invalid('The file holds no Keras topology: export the model with tfjs as a layers-model.');
  const { class_name, config } = parsed.output;
  const layersJson = Array.isArray(config) ? config : config.layers;
  const layers =
    class_name === 'Sequential'
      ? sequentialLayers(layersJson)
      : layersJson.map((json) => readLayer(json, inboundOf(json)));
  const nodes = sortByInputs(layers.flatMap(buildLayer));
  const output =
    class_name === 'Sequential' || Array.isArray(config)
      ? nodes.at(-1)?.name
      : singleName(config.output_layers, 'output');
  if (output === undefined || !nodes.some((n) => n.name === output))
    throw invalid('The model has no output layer.');
  // What does not lead to the output (a second head that was cut off) is not part of the model.
  return truncate({ nodes, inputShape: inputShapeOf(layersJson), output }, output);
}

function readLayer(json: v.InferOutput<typeof LayerJson>, inputs: readonly string[]): KerasLayer {
  const name = json.name ?? json.config.name;
  if (name === undefined) throw invalid(`A ${json.class_name} layer has no name.`);
  return { className: json.class_name, name, config: json.config, inputs };
}

/** A Sequential model may leave its input layer out; the first layer then carries the input shape. */
function sequentialLayers(layers: readonly v.InferOutput<typeof LayerJson>[]): readonly KerasLayer[] {
  const [first] = layers;
  const name = `${first?.name ?? first?.config.name}_input`;
  const input: KerasLayer = { className: 'InputLayer', name, config: {}, inputs: [] };
  const done: KerasLayer[] = first?.class_name === 'InputLayer' ? [] : [input];
  for (const json of layers) {
    const before = done.at(-1);
    done.push(readLayer(json, before === undefined ? [] : [before.name]));
  }
  return done;
}

function inboundOf(json: v.InferOutput<typeof LayerJson>): readonly string[] {
  const name = json.name ?? json.config.name;
  if (json.inbound_nodes.length > 1)
    throw invalid(
      `Layer "${name}" is used ${json.inbound_nodes.length} times; shared layers are not supported.`,
    );
  const call = json.inbound_nodes[0];
  if (call === undefined) return [];
  const keras2 = v.safeParse(Histories, call);
  if (keras2.success) return keras2.output.map(([input]) => input);
  const keras3 = v.safeParse(
    v.object({ args: v.strictTuple([v.union([Keras3Tensor, v.array(Keras3Tensor)])]) }),
    call,
  );
  if (!keras3.success) throw invalid(`Layer "${name}" is connected in a way that is not supported.`);
  return [keras3.output.args[0]].flat().map((tensor) => tensor.config.keras_history[0]);
}

function singleName(refs: unknown, what: string): string {
  const parsed = v.safeParse(
    v.union([
      v.pipe(
        v.strictTuple([History]),
        v.transform(([ref]) => ref),
      ),
      History,
    ]),
    refs,
  );
  if (!parsed.success) throw invalid(`The model needs exactly one ${what}.`);
  return parsed.output[0];
}

function inputShapeOf(layers: readonly v.InferOutput<typeof LayerJson>[]): readonly [number, number, number] {
  const size = v.pipe(int, v.minValue(1));
  const shape = v.strictTuple([v.nullable(int), size, size, v.literal(3)]);
  const carrier = layers.find((layer) => layer.class_name === 'InputLayer') ?? layers[0];
  const carried = carrier?.config.batch_input_shape ?? carrier?.config.batch_shape;
  const parsed = v.safeParse(shape, carried);
  if (!parsed.success)
    throw invalid(
      `The model needs an input of a fixed size, [null, height, width, 3], not ${JSON.stringify(carried)}.`,
    );
  return [parsed.output[1], parsed.output[2], 3];
}

function sortByInputs(nodes: readonly Node[]): readonly Node[] {
  const names = new Set<string>();
  for (const n of nodes) {
    if (names.has(n.name)) throw invalid(`Two layers are named "${n.name}".`);
    names.add(n.name);
  }
  for (const n of nodes) {
    const missing = n.inputs.find((input) => !names.has(input));
    if (missing !== undefined)
      throw invalid(`Layer "${n.layer}" reads "${missing}", which the model does not have.`);
    const [least, most] = arityOf(n.op.kind);
    if (n.inputs.length < least || n.inputs.length > most)
      throw invalid(`Layer "${n.layer}" has ${n.inputs.length} inputs, which its kind cannot take.`);
  }
  const sorted: Node[] = [];
  const done = new Set<string>();
  const rest = [...nodes];
  while (rest.length > 0) {
    // One at a time, in file order: the order of execution is then the author's.
    const at = rest.findIndex((n) => n.inputs.every((input) => done.has(input)));
    if (at === -1) throw invalid('The layers form a circle.');
    for (const next of rest.splice(at, 1)) {
      sorted.push(next);
      done.add(next.name);
    }
  }
  if (sorted.filter((n) => n.op.kind === 'input').length !== 1)
    throw invalid('The model needs exactly one input.');
  return sorted;
}

function arityOf(kind: Node['op']['kind']): readonly [least: number, most: number] {
  if (kind === 'input') return [0, 0];
  return kind === 'add' || kind === 'multiply' || kind === 'concat' ? [2, Infinity] : [1, 1];
}

function invalid(detail: string): AppError {
  return new AppError('model_invalid', { detail });
}
