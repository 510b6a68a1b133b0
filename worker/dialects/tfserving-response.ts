// Answers of TensorFlow Serving's REST API, as the JSON of its protocol buffers. Pure.
// @see https://github.com/tensorflow/serving/tree/master/tensorflow_serving/apis
import type { Chosen, ChosenHead, Scores } from '../inference/predictor.ts';

/** Probabilities as the rows of the one output tensor, float32. */
export function predictionRows({ labels, probabilities }: Scores): readonly (readonly number[])[] {
  const k = labels.length;
  return Array.from({ length: probabilities.length / k }, (_, i) =>
    Array.from(probabilities.subarray(i * k, (i + 1) * k), Math.fround),
  );
}

/** Every class of each input with its score, in the order of the labels. */
export function classifications(scores: Scores): readonly (readonly (readonly [string, number])[])[] {
  return predictionRows(scores).map((row) => row.map((score, c) => [scores.labels[c] ?? '', score] as const));
}

/** GetModelStatusResponse of one version, or of none. */
export function modelStatus(version: string | null) {
  const status = { error_code: 'OK', error_message: '' };
  return {
    model_version_status: version === null ? [] : [{ version, state: 'AVAILABLE' as const, status }],
  };
}

/** GetModelMetadataResponse: one signature, of which a request gives exactly one of the inputs. */
export function modelMetadata(signature: string, { manifest, recipe, dim, head }: Chosen<ChosenHead>) {
  const { size } = recipe.preprocessing;
  const tensor = (name: string, dtype: 'DT_FLOAT' | 'DT_STRING', ...sizes: readonly number[]) => ({
    dtype,
    tensor_shape: { dim: sizes.map((each) => ({ size: `${each}`, name: '' })), unknown_rank: false },
    name,
  });
  const definition = {
    inputs: {
      image: tensor('image', 'DT_FLOAT', -1, size, size, 3),
      image_bytes: tensor('image_bytes', 'DT_STRING', -1),
      features: tensor('features', 'DT_FLOAT', -1, dim),
    },
    outputs: { probabilities: tensor('probabilities', 'DT_FLOAT', -1, head.head.labels.length) },
    method_name: 'tensorflow/serving/predict',
  };
  return {
    model_spec: { name: manifest.name, signature_name: '', version: head.record.revision },
    metadata: { signature_def: { signature_def: { [signature]: definition } } },
  };
}
