// Names and digests as they appear on the wire.
import * as v from 'valibot';

/** A SHA-256 in lower-case hex, 64 characters. */
export const Digest = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex'),
  v.brand('Digest'),
);
export type Digest = v.InferOutput<typeof Digest>;

/** A trunk's name: lower-case letters, digits, dot, dash and underscore, 1 to 64 characters. */
export const ModelName = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'lower-case letters, digits, dot, dash, underscore'),
  v.brand('ModelName'),
);
export type ModelName = v.InferOutput<typeof ModelName>;

/** A head's id, chosen by its owner (the app takes a UUID): 1 to 64 characters as in a model's name. */
export const HeadId = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'lower-case letters, digits, dot, dash, underscore'),
  v.brand('HeadId'),
);
export type HeadId = v.InferOutput<typeof HeadId>;
