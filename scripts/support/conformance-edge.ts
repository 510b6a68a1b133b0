// What the conformance check asks of a deployment: features over KServe's dialect, scores over the own route.
import * as v from 'valibot';
import { decodeHead } from '../../src/artifact/head-file.ts';
import { Predictions } from '../../src/contract/api.ts';
import { Conformance } from '../../src/contract/conformance.ts';
import { AppError } from '../../src/contract/errors.ts';
import { HeadId, ModelName } from '../../src/contract/ids.ts';
import { bytesOf } from './conformance-golden.ts';

const ModelList = v.object({
  models: v.array(v.object({ name: ModelName, defaultHead: v.nullable(HeadId) })),
});
const InferAnswer = v.object({
  outputs: v.tuple([
    v.object({
      name: v.literal('features'),
      shape: v.tuple([v.literal(1), v.number()]),
      parameters: v.object({ binary_data_size: v.number() }),
    }),
  ]),
});

/** A model of a deployment, and the head that answers when none is named. */
export interface Target {
  readonly name: ModelName;
  readonly head: ReturnType<typeof decodeHead> | null;
}

/** One input of KServe's dialect, with its bytes after the JSON. */
export interface BinaryInput {
  readonly name: 'image' | 'image_bytes';
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** A deployment at an origin; every answer is checked against its shape. */
export function createEdge(origin: string) {
  /** @throws AppError `not_found` with the deployment's own words */
  async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(`${origin}${path}`, init).catch((cause: unknown) => {
      throw new AppError('not_found', { detail: `${origin} cannot be reached.`, cause });
    });
    if (response.ok) return response;
    throw new AppError('not_found', {
      detail: `${path} answered ${response.status}: ${(await response.text()).slice(0, 300)}`,
    });
  }
  return {
    /** @param wanted the first model when undefined */
    async target(wanted: string | undefined): Promise<Target> {
      const { models } = v.parse(ModelList, await (await ask('/api/models')).json());
      const model = wanted === undefined ? models[0] : models.find(({ name }) => name === wanted);
      if (model === undefined)
        throw new AppError('model_not_found', {
          detail: `${origin} serves ${models.map(({ name }) => name).join(', ') || 'no model'}.`,
        });
      const { name, defaultHead } = model;
      if (defaultHead === null) return { name, head: null };
      const bytes = await (await ask(`/api/heads/${defaultHead}`)).arrayBuffer();
      return { name, head: decodeHead(new Uint8Array(bytes)) };
    },

    async conformance(model: ModelName): Promise<Conformance> {
      return v.parse(Conformance, await (await ask(`/api/models/${model}/conformance`)).json());
    },

    /** The features that the edge makes of one image, to the bit. */
    async features(model: ModelName, { name, shape, bytes }: BinaryInput): Promise<Float32Array> {
      // BYTES elements carry their length.
      const data = name === 'image_bytes' ? prefixed(bytes) : bytes;
      const json = new TextEncoder().encode(
        JSON.stringify({
          inputs: [
            {
              ...{ name, shape, datatype: name === 'image' ? 'FP32' : 'BYTES' },
              parameters: { binary_data_size: data.length },
            },
          ],
          outputs: [{ name: 'features', parameters: { binary_data: true } }],
        }),
      );
      const response = await ask(`/v2/models/${model}/infer`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/octet-stream',
          'Inference-Header-Content-Length': `${json.length}`,
        },
        body: Buffer.concat([json, data]),
      });
      const length = Number(response.headers.get('Inference-Header-Content-Length'));
      const body = new Uint8Array(await response.arrayBuffer());
      const answer: unknown = JSON.parse(new TextDecoder().decode(body.subarray(0, length)));
      const [output] = v.parse(InferAnswer, answer).outputs;
      return new Float32Array(body.slice(length, length + output.parameters.binary_data_size).buffer);
    },

    /** Probabilities by label, of an encoded image or of features. */
    async scores(model: ModelName, input: Uint8Array | Float32Array): Promise<ReadonlyMap<string, number>> {
      const features = input instanceof Float32Array;
      const response = await ask(`/api/predict?model=${model}&top_k=999`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/octet-stream',
          ...(features ? { 'X-Topwork-Features': `${input.length}` } : {}),
        },
        body: features ? bytesOf(input) : new Uint8Array(input),
      });
      const predictions = v.parse(Predictions, await response.json());
      return new Map(predictions.map(({ label, score }) => [label, score]));
    },
  };
}

function prefixed(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(4 + bytes.length);
  new DataView(all.buffer).setUint32(0, bytes.length, true);
  all.set(bytes, 4);
  return all;
}
