import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../src/contract/errors.ts';
import { readTopology } from '../../../src/trunk/keras.ts';
import { KNOWN_LAYERS } from '../../../src/trunk/keras-layers.ts';
import { type Json, keras2, keras3, type LayerSpec, RESIDUAL, sequential } from './keras-json.ts';

function refusal(topology: unknown): { readonly code: ErrorCode; readonly detail: string } {
  try {
    readTopology(topology);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('The topology was accepted.');
}

/** The residual model with some of its layers replaced, by name. */
function residualWith(...changes: readonly LayerSpec[]): Json {
  const replaced = RESIDUAL.map((layer) => changes.find(({ name }) => name === layer.name) ?? layer);
  return keras2(
    [...replaced, ...changes.filter(({ name }) => !RESIDUAL.some((layer) => layer.name === name))],
    'sum',
  );
}

const CONV: Json = { filters: 4, kernel_size: 3 };
const SHAPE = { batch_input_shape: [null, 8, 6, 3] };

describe('readTopology', () => {
  it('reads a functional model of Keras 2', () => {
    const { nodes, inputShape, output } = readTopology(keras2(RESIDUAL, 'sum'));
    expect(nodes.map(({ name, inputs }) => [name, inputs])).toEqual([
      ['image', []],
      ['conv', ['image']],
      ['bn', ['conv']],
      ['relu', ['bn']],
      ['conv2', ['relu']],
      ['sum', ['conv2', 'relu']],
    ]);
    expect(inputShape).toEqual([8, 8, 3]);
    expect(output).toBe('sum');
    expect(nodes[1]).toEqual({
      name: 'conv',
      layer: 'conv',
      op: { kind: 'conv2d', filters: 4, window: [3, 3], strides: [1, 1], padding: 'same', dilation: [1, 1] },
      inputs: ['image'],
      weights: { kernel: 'conv/kernel' },
      trainable: true,
    });
    expect(nodes[2]?.op).toEqual({
      kind: 'batchNorm',
      epsilon: 0.01,
      momentum: 0.9,
      scale: true,
      center: true,
      axis: 3,
    });
    expect(nodes[2]?.weights).toEqual({
      gamma: 'bn/gamma',
      beta: 'bn/beta',
      movingMean: 'bn/moving_mean',
      movingVariance: 'bn/moving_variance',
    });
  });

  it('reads the same model of Keras 3, and either in its wrapping', () => {
    const graph = readTopology(keras2(RESIDUAL, 'sum'));
    expect(readTopology(keras3(RESIDUAL, 'sum'))).toEqual(graph);
    expect(readTopology({ keras_version: '2.13.1', model_config: keras2(RESIDUAL, 'sum') })).toEqual(graph);
  });

  it('puts layers in an order in which they can run, whatever the order of the file', () => {
    const { nodes } = readTopology(keras2([...RESIDUAL].reverse(), 'sum'));
    const done = new Set<string>();
    for (const { name, inputs } of nodes) {
      expect(inputs.every((input) => done.has(input))).toBe(true);
      done.add(name);
    }
    expect(done.size).toBe(RESIDUAL.length);
  });

  it('leaves out what does not lead to the output', () => {
    const { nodes } = readTopology(
      residualWith({ type: 'MaxPooling2D', name: 'elsewhere', config: { pool_size: 2 }, inputs: ['bn'] }),
    );
    expect(nodes).toHaveLength(RESIDUAL.length);
  });

  it('keeps the trainable flag of each layer', () => {
    const frozen: LayerSpec = {
      type: 'BatchNormalization',
      name: 'bn',
      config: { trainable: false },
      inputs: ['conv'],
    };
    const { nodes } = readTopology(residualWith(frozen));
    expect(nodes.filter(({ trainable }) => !trainable).map(({ name }) => name)).toEqual(['bn']);
  });

  it.each<[string, Json]>([
    [
      'an input layer',
      sequential(['InputLayer', { name: 'in', ...SHAPE }], ['Conv2D', { name: 'c', ...CONV }]),
    ],
    [
      'an input layer of Keras 3',
      sequential(
        ['InputLayer', { name: 'in', batch_shape: SHAPE.batch_input_shape }],
        ['Conv2D', { name: 'c', ...CONV }],
      ),
    ],
    ['the shape on its first layer', sequential(['Conv2D', { name: 'c', ...CONV, ...SHAPE }])],
    [
      'the shape on both',
      sequential(['InputLayer', { name: 'in', ...SHAPE }], ['Conv2D', { name: 'c', ...CONV, ...SHAPE }]),
    ],
    [
      'layers in a bare list',
      {
        class_name: 'Sequential',
        config: [{ class_name: 'Conv2D', config: { name: 'c', ...CONV, ...SHAPE } }],
      },
    ],
    ['a first layer named input', sequential(['Conv2D', { name: 'input', ...CONV, ...SHAPE }])],
  ])('reads a sequential model with %s', (_, topology) => {
    const { nodes, inputShape, output } = readTopology(topology);
    expect(nodes.map(({ op }) => op.kind)).toEqual(['input', 'conv2d']);
    expect(nodes[1]?.inputs).toEqual([nodes[0]?.name]);
    expect(inputShape).toEqual([8, 6, 3]);
    expect(output).toBe(nodes[1]?.name);
  });

  it('makes one node for the layer and one for its own activation', () => {
    const { nodes } = readTopology(
      sequential(['Conv2D', { name: 'c', ...CONV, ...SHAPE, activation: 'relu6' }]),
    );
    expect(nodes.slice(1).map(({ name, layer, inputs }) => ({ name, layer, inputs }))).toEqual([
      { name: 'c#linear', layer: 'c', inputs: ['c_input'] },
      { name: 'c', layer: 'c', inputs: ['c#linear'] },
    ]);
  });
});

describe('what readTopology refuses', () => {
  it('a layer that it does not know, by name, with the list of what it knows', () => {
    const { code, detail } = refusal(
      residualWith({ type: 'LayerNormalization', name: 'relu', inputs: ['bn'] }),
    );
    expect(code).toBe('model_layer_unknown');
    expect(detail).toContain('Layer "relu" is a LayerNormalization');
    for (const known of KNOWN_LAYERS) expect(detail).toContain(known);
  });

  it('knows every layer that the project promises', () => {
    const promised =
      'Conv2D DepthwiseConv2D SeparableConv2D BatchNormalization ReLU LeakyReLU Activation Add Multiply Concatenate ' +
      'ZeroPadding2D MaxPooling2D AveragePooling2D GlobalMaxPooling2D GlobalAveragePooling2D Flatten Dropout Dense ' +
      'Reshape Rescaling';
    expect(KNOWN_LAYERS).toEqual(expect.arrayContaining(promised.split(' ')));
  });

  it.each(['constructor', '__proto__', 'toString'])('a layer class named %s', (type) => {
    expect(refusal(residualWith({ type, name: 'relu', inputs: ['bn'] })).code).toBe('model_layer_unknown');
  });

  it.each(['Functional', 'Model', 'Sequential'])('a nested %s', (type) => {
    const nested = { type, name: 'relu', config: { layers: [] }, inputs: ['bn'] };
    expect(refusal(residualWith(nested))).toMatchObject({
      code: 'model_layer_unknown',
      detail: expect.stringContaining(`Layer "relu" is a ${type}`),
    });
  });

  it.each<[string, Json]>([
    ['Conv2D', { ...CONV, data_format: 'channels_first' }],
    ['Conv2D', { ...CONV, groups: 2 }],
    ['Conv2D', { ...CONV, activation: 'gelu' }],
    ['Conv2D', { ...CONV, padding: 'causal' }],
    ['Conv2D', { ...CONV, strides: 0 }],
    ['Conv2D', { ...CONV, strides: 2, dilation_rate: 2 }],
    ['Conv2D', { ...CONV, filters: 0 }],
    ['Conv2D', { ...CONV, kernel_size: [3, 3, 3] }],
    ['Conv2D', { ...CONV, kernel_size: 1.5 }],
    ['SeparableConv2D', { ...CONV, data_format: 'channels_first' }],
    ['DepthwiseConv2D', { kernel_size: 3, depth_multiplier: 0 }],
    ['MaxPooling2D', { data_format: 'channels_first' }],
    ['GlobalAveragePooling2D', { data_format: 'channels_first' }],
    ['Flatten', { data_format: 'channels_first' }],
    ['BatchNormalization', { epsilon: -1 }],
    ['BatchNormalization', { axis: [1, 2] }],
    ['ReLU', { threshold: 1 }],
    ['ReLU', { negative_slope: 0.1, max_value: 6 }],
    ['ReLU', { max_value: -1 }],
    ['ReLU', { max_value: 0 }],
    ['ReLU', { max_value: 1e-60 }],
    ['ZeroPadding2D', { padding: -1 }],
    ['Dropout', { rate: 1 }],
    ['Reshape', { target_shape: [-1, -1] }],
    ['Rescaling', { scale: [1, 2, 3] }],
    ['Dense', { units: 4.5 }],
  ])('%s with %j', (type, config) => {
    const { code, detail } = refusal(residualWith({ type, name: 'relu', config, inputs: ['bn'] }));
    expect(code).toBe('model_layer_unknown');
    expect(detail).toContain(`Layer "relu" (${type})`);
  });

  it.each<[string, Json, string]>([
    ['a circle', residualWith({ type: 'Conv2D', name: 'conv', config: CONV, inputs: ['relu'] }), 'circle'],
    [
      'an input that is not there',
      residualWith({ type: 'ReLU', name: 'relu', inputs: ['nowhere'] }),
      'Layer "relu" reads "nowhere"',
    ],
    [
      'two layers of one name',
      keras2([...RESIDUAL, { type: 'ReLU', name: 'bn', inputs: ['conv'] }], 'sum'),
      '"bn"',
    ],
    [
      'a layer named like a part of another',
      residualWith(
        { type: 'Conv2D', name: 'conv2', config: { ...CONV, activation: 'relu' }, inputs: ['relu'] },
        { type: 'ReLU', name: 'conv2#linear', inputs: ['relu'] },
      ),
      '"conv2#linear"',
    ],
    [
      'two inputs',
      residualWith(
        { type: 'InputLayer', name: 'other' },
        { type: 'Add', name: 'sum', inputs: ['relu', 'other'] },
      ),
      'exactly one input',
    ],
    ['no input layer', keras2(RESIDUAL.slice(1), 'sum'), 'reads "image"'],
    ['a layer without an input', residualWith({ type: 'ReLU', name: 'relu' }), 'Layer "relu" has 0 inputs'],
    [
      'a sum of one',
      residualWith({ type: 'Add', name: 'sum', inputs: ['relu'] }),
      'Layer "sum" has 1 inputs',
    ],
    [
      'a convolution of two',
      residualWith({ type: 'Conv2D', name: 'conv2', config: CONV, inputs: ['relu', 'bn'] }),
      'Layer "conv2" has 2 inputs',
    ],
    ['an output that is not there', keras2(RESIDUAL, 'nowhere'), 'no output layer'],
    [
      'one channel',
      keras2(
        RESIDUAL.map((l) =>
          l.type === 'InputLayer' ? { ...l, config: { batch_input_shape: [null, 8, 8, 1] } } : l,
        ),
        'sum',
      ),
      '[null,8,8,1]',
    ],
    [
      'no fixed size',
      sequential(['Conv2D', { name: 'c', ...CONV, batch_input_shape: [null, null, null, 3] }]),
      '[null,null,null,3]',
    ],
    ['no size at all', sequential(['Conv2D', { name: 'c', ...CONV }]), 'undefined'],
    ['a layer without a name', sequential(['Conv2D', { ...CONV, ...SHAPE }]), 'A Conv2D layer has no name'],
    ['no layers', sequential(), 'fixed size'],
    ['a graph of another kind', { node: [{ op: 'Conv2D' }] }, 'no Keras topology'],
  ])('%s', (_, topology, detail) => {
    expect(refusal(topology)).toMatchObject({
      code: 'model_invalid',
      detail: expect.stringContaining(detail),
    });
  });

  it('a shared layer', () => {
    const shared = structuredClone(keras2(RESIDUAL, 'sum'));
    const twice = JSON.parse(
      JSON.stringify(shared).replace('[[["relu",0,0,{}]]]', '[[["relu",0,0,{}]],[["bn",0,0,{}]]]'),
    );
    expect(refusal(twice)).toMatchObject({
      code: 'model_invalid',
      detail: expect.stringContaining('Layer "conv2" is used 2 times'),
    });
  });

  it('a second call of a shared layer, and two outputs', () => {
    const text = JSON.stringify(keras2(RESIDUAL, 'sum'));
    expect(refusal(JSON.parse(text.replace('["relu",0,0,{}]', '["relu",1,0,{}]'))).code).toBe(
      'model_invalid',
    );
    expect(refusal(JSON.parse(text.replace('[["sum",0,0]]', '[["sum",0,0],["bn",0,0]]')))).toMatchObject({
      code: 'model_invalid',
      detail: expect.stringContaining('exactly one output'),
    });
  });
});
