// Named shapes of the document: the contract's own schemas, and wire shapes that no route parses: answers that wrap
// them, and the two borrowed dialects, whose requests are read by readers of their own (worker/dialects).
import * as v from 'valibot';
import * as api from '../../src/contract/api.ts';
import * as conformance from '../../src/contract/conformance.ts';
import { Digest, HeadId, ModelName } from '../../src/contract/ids.ts';
import { MAX_BATCH, MAX_BODY_BYTES } from '../../src/contract/limits.ts';
import { Cut, ModelManifest, Pooling, Preprocessing } from '../../src/contract/manifest.ts';
import * as operations from '../../src/contract/operations.ts';

const timestamp = v.pipe(v.string(), v.isoTimestamp());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** A trunk, and the id of the head that answers when none is named. */
export const Model = v.object({ ...ModelManifest.entries, defaultHead: v.nullable(HeadId) });
export const ModelList = v.object({ models: v.array(Model) });
export const StatisticsSummary = v.object({
  model: ModelName,
  statistics: Digest,
  layers: v.array(api.BatchNormSummary),
});
export const HeadList = v.object({ heads: v.array(api.HeadSummary) });
export const Revision = v.object({ digest: Digest, bytes: count, createdAt: timestamp });
export const RevisionList = v.object({ revisions: v.array(Revision) });
export const DeviceList = v.object({ devices: v.array(api.DeviceSummary) });
export const KeyList = v.object({ keys: v.array(api.KeySummary) });

export const Conformance = conformance.Conformance;

/** RFC 9457, with a stable `code`; `revision` comes with `precondition_failed`. */
export const Problem = v.object({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  code: v.string(),
  detail: v.string(),
  requestId: v.optional(v.string()),
  revision: v.optional(Digest),
});

/** A form with one file, the image; the field's name does not matter. */
export const ImageForm = v.object({ image: v.pipe(v.string(), v.description('the file')) });

/** How the borrowed dialects say what is wrong. */
export const DialectError = v.object({ error: v.string() });

// KServe Open Inference Protocol v2

const Parameters = v.object({
  binary_data_size: v.optional(v.pipe(count, v.maxValue(MAX_BODY_BYTES))),
});
export const InferInput = v.object({
  name: v.picklist(['image', 'image_bytes', 'features']),
  datatype: v.picklist(['FP32', 'BYTES']),
  shape: v.pipe(v.array(count), v.minLength(1), v.maxLength(4)),
  parameters: v.optional(Parameters),
  data: v.optional(v.array(v.any())),
});
export const InferOutputWanted = v.object({
  name: v.picklist(['probabilities', 'logits', 'features']),
  parameters: v.optional(
    v.object({
      binary_data: v.optional(v.boolean()),
      classification: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
    }),
  ),
});
export const InferRequest = v.object({
  id: v.optional(v.string()),
  parameters: v.optional(v.object({ head: v.optional(HeadId), binary_data_output: v.optional(v.boolean()) })),
  inputs: v.pipe(v.array(InferInput), v.length(1)),
  outputs: v.optional(v.pipe(v.array(InferOutputWanted), v.minLength(1))),
});
export const InferOutput = v.object({
  name: v.picklist(['probabilities', 'logits', 'features']),
  datatype: v.picklist(['FP32', 'BYTES']),
  shape: v.array(count),
  parameters: v.optional(Parameters),
  data: v.optional(v.array(v.union([v.number(), v.string()]))),
});
export const InferResponse = v.object({
  model_name: ModelName,
  model_version: v.optional(Digest),
  id: v.optional(v.string()),
  parameters: v.optional(v.object({ head: HeadId })),
  outputs: v.array(InferOutput),
});
const Tensor = v.object({
  name: v.string(),
  datatype: v.string(),
  shape: v.array(v.pipe(v.number(), v.integer())),
});
export const ServerMetadata = v.object({
  name: v.string(),
  version: v.string(),
  extensions: v.array(v.string()),
});
export const ServerLive = v.object({ live: v.boolean() });
export const ServerReady = v.object({ live: v.boolean(), ready: v.boolean() });
export const ModelMetadata = v.object({
  name: ModelName,
  versions: v.array(Digest),
  platform: v.string(),
  inputs: v.array(Tensor),
  outputs: v.array(Tensor),
  parameters: v.object({
    range: v.tuple([v.number(), v.number()]),
    head: v.optional(HeadId),
    labels: v.optional(v.array(v.string())),
  }),
});
export const ModelReady = v.object({ name: ModelName, ready: v.boolean() });
export const RepositoryIndexRequest = v.object({ ready: v.optional(v.boolean(), false) });
export const RepositoryIndex = v.array(
  v.object({
    name: ModelName,
    version: v.optional(Digest),
    state: v.picklist(['READY', 'UNAVAILABLE']),
    reason: v.string(),
  }),
);

// TensorFlow Serving v1

const signature_name = v.optional(v.pipe(v.string(), v.description('the id of a personal head')));
const batch = <const Item extends v.GenericSchema>(item: Item) =>
  v.pipe(v.array(item), v.minLength(1), v.maxLength(MAX_BATCH));
/** An encoded image. */
export const EncodedImage = v.object({ b64: v.string() });
const Input = v.union([
  EncodedImage,
  v.object({ image_bytes: EncodedImage }),
  v.object({ image: v.union([EncodedImage, v.array(v.any())]) }),
  v.object({ features: v.array(v.number()) }),
  v.array(v.any()),
]);
export const ServingPredictRequest = v.object({
  signature_name,
  instances: v.optional(batch(Input)),
  inputs: v.optional(v.any()),
});
export const ServingPredictResponse = v.union([
  v.object({ predictions: v.array(v.array(v.number())) }),
  v.object({ outputs: v.array(v.array(v.number())) }),
]);
export const ServingClassifyRequest = v.object({
  signature_name,
  context: v.optional(v.record(v.string(), v.any())),
  examples: batch(v.record(v.string(), v.any())),
});
export const ServingClassifyResponse = v.object({
  result: v.array(v.array(v.tuple([v.string(), v.number()]))),
});
export const ServingModels = v.object({ models: v.array(ModelName) });
export const ServingStatus = v.object({
  model_version_status: v.array(
    v.object({
      version: Digest,
      state: v.literal('AVAILABLE'),
      status: v.object({ error_code: v.literal('OK'), error_message: v.string() }),
    }),
  ),
});
const TensorInfo = v.object({
  name: v.string(),
  dtype: v.picklist(['DT_FLOAT', 'DT_STRING']),
  tensor_shape: v.object({
    dim: v.array(v.object({ size: v.string(), name: v.string() })),
    unknown_rank: v.boolean(),
  }),
});
const SignatureDef = v.object({
  inputs: v.record(v.string(), TensorInfo),
  outputs: v.record(v.string(), TensorInfo),
  method_name: v.string(),
});
export const ServingMetadata = v.object({
  model_spec: v.object({ name: ModelName, signature_name: v.string(), version: Digest }),
  metadata: v.object({ signature_def: v.object({ signature_def: v.record(v.string(), SignatureDef) }) }),
});

/** What the document calls its shapes. */
export const NAMED: Readonly<Record<string, v.GenericSchema>> = {
  ...{ Digest, ModelName, HeadId, Pooling, Preprocessing, Cut, Problem, DialectError },
  ...{ Prediction: api.Prediction, Predictions: api.Predictions, PredictBody: api.PredictBody },
  ...{ Model, ModelList, BatchNormSummary: api.BatchNormSummary, StatisticsSummary },
  ...{ Conformance, ConformanceImage: conformance.ConformanceImage },
  ...{ Health: operations.Health, Readiness: operations.Readiness, Stats: operations.Stats },
  ...{ Visibility: api.Visibility, HeadSummary: api.HeadSummary, HeadList, HeadPatch: api.HeadPatch },
  ...{ Revision, RevisionList, RollbackBody: api.RollbackBody },
  ...{ EnrolBody: api.EnrolBody, Enrolment: api.Enrolment, Link: api.Link, Me: api.Me, Scope: api.Scope },
  ...{ DeviceSummary: api.DeviceSummary, DeviceList },
  ...{
    KeyScope: api.KeyScope,
    KeyBody: api.KeyBody,
    KeySummary: api.KeySummary,
    NewKey: api.NewKey,
    KeyList,
  },
  ...{ InferInput, InferOutputWanted, InferRequest, InferOutput, InferResponse },
  ...{ ServerMetadata, ServerLive, ServerReady, ModelMetadata, ModelReady },
  ...{ RepositoryIndexRequest, RepositoryIndex },
  ...{ ServingPredictRequest, ServingPredictResponse, ServingClassifyRequest, ServingClassifyResponse },
  ...{ EncodedImage, ServingModels, ServingStatus, ServingMetadata },
};
