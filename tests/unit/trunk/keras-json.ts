// Topologies as Keras 2 and Keras 3 write them.

export type Json = Readonly<Record<string, unknown>>;

/** A layer with the names of the layers that it reads. */
export interface LayerSpec {
  readonly type: string;
  readonly name: string;
  readonly config?: Json;
  readonly inputs?: readonly string[];
}

/** input -> conv -> bn -> relu, then conv2 beside it, added. */
export const RESIDUAL: readonly LayerSpec[] = [
  { type: 'InputLayer', name: 'image' },
  {
    type: 'Conv2D',
    name: 'conv',
    config: { filters: 4, kernel_size: [3, 3], padding: 'same', use_bias: false },
    inputs: ['image'],
  },
  {
    type: 'BatchNormalization',
    name: 'bn',
    config: { axis: [3], epsilon: 0.01, momentum: 0.9 },
    inputs: ['conv'],
  },
  { type: 'ReLU', name: 'relu', config: { max_value: 6 }, inputs: ['bn'] },
  { type: 'Conv2D', name: 'conv2', config: { filters: 4, kernel_size: [1, 1] }, inputs: ['relu'] },
  { type: 'Add', name: 'sum', inputs: ['conv2', 'relu'] },
];

/** A functional model as Keras 2 (and tfjs) writes it. */
export function keras2(layers: readonly LayerSpec[], output: string, inputSize = [8, 8]): Json {
  return {
    class_name: 'Functional',
    config: {
      name: 'model',
      trainable: true,
      layers: layers.map(({ type, name, config = {}, inputs = [] }) => ({
        class_name: type,
        name,
        config: {
          name,
          trainable: true,
          dtype: 'float32',
          ...(type === 'InputLayer' ? { batch_input_shape: [null, ...inputSize, 3] } : {}),
          ...config,
        },
        inbound_nodes: inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}])],
      })),
      input_layers: [['image', 0, 0]],
      output_layers: [[output, 0, 0]],
    },
    keras_version: '2.13.1',
  };
}

/** The same model as Keras 3 writes it. */
export function keras3(layers: readonly LayerSpec[], output: string, inputSize = [8, 8]): Json {
  const dtype = {
    module: 'keras',
    class_name: 'DTypePolicy',
    config: { name: 'float32' },
    registered_name: null,
  };
  return {
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    registered_name: 'Functional',
    build_config: { input_shape: null },
    config: {
      name: 'functional',
      trainable: true,
      layers: layers.map(({ type, name, config = {}, inputs = [] }) => ({
        module: 'keras.layers',
        class_name: type,
        registered_name: null,
        name,
        config: {
          name,
          trainable: true,
          dtype,
          ...(type === 'InputLayer' ? { batch_shape: [null, ...inputSize, 3] } : {}),
          ...config,
        },
        inbound_nodes: inputs.length === 0 ? [] : [{ args: [tensors(inputs)], kwargs: {} }],
      })),
      input_layers: [['image', 0, 0]],
      output_layers: [output, 0, 0],
    },
  };
}

function tensors(names: readonly string[]): unknown {
  const all = names.map((name) => ({
    class_name: '__keras_tensor__',
    config: { shape: [null, 8, 8, 4], dtype: 'float32', keras_history: [name, 0, 0] },
  }));
  return all.length === 1 ? all[0] : all;
}

/** A sequential model; each layer is its class and its configuration. */
export function sequential(...layers: readonly (readonly [type: string, config: Json])[]): Json {
  return {
    class_name: 'Sequential',
    config: { name: 'sequential', layers: layers.map(([class_name, config]) => ({ class_name, config })) },
  };
}
