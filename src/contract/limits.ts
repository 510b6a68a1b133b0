// Every limit of the HTTP contract and of the artifacts, in one place.

/** Largest request body, bytes. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** Largest image, pixels (width times height), read from the header before decoding. */
export const MAX_IMAGE_PIXELS = 24_000_000;
/** Most images, or feature vectors, of one request. */
export const MAX_BATCH = 32;
/** Largest width and height, px: what a JPEG can have. A row of an image is in memory whole. */
export const MAX_IMAGE_SIDE = 65_535;
/**
 * Largest lossy WebP, pixels. Its decoder holds the picture whole, which takes 5 bytes for each (30 MB), and an isolate
 * has 128 MB for everything; JPEG and PNG are decoded in strips.
 */
export const MAX_LOSSY_WEBP_PIXELS = 6_000_000;
/** Largest lossless WebP, or one with an alpha channel, pixels: 2048x1536, at 9 bytes for each. */
export const MAX_LOSSLESS_WEBP_PIXELS = 2048 * 1536;
/** Largest head artifact, bytes. */
export const MAX_HEAD_BYTES = 4 * 1024 * 1024;
/** Most classes of a head. */
export const MAX_HEAD_CLASSES = 512;
/** Longest class label, UTF-16 code units. */
export const MAX_LABEL_LENGTH = 100;
/** Largest safetensors header, bytes. */
export const MAX_SAFETENSORS_HEADER_BYTES = 1024 * 1024;
/** Largest file of BatchNorm statistics, bytes: a million channels. */
export const MAX_STATISTICS_BYTES = 8 * 1024 * 1024;
/** Requests are counted in windows of so many seconds; after a 429 the next window surely has begun. */
export const RATE_WINDOW_SECONDS = 60;
/** How long a link code is good, ms. */
export const LINK_MS = 10 * 60 * 1000;
/** Most devices of one owner. */
export const MAX_DEVICES = 50;
/** Most keys of one owner, expired ones included. */
export const MAX_KEYS = 100;
/** Most photos of a project file. */
export const MAX_PROJECT_EXAMPLES = 10_000;
/** Largest `project.json` of a project file, bytes. */
export const MAX_PROJECT_JSON_BYTES = 8 * 1024 * 1024;
/** Largest features of a project file, bytes: 10,000 vectors of 3,000 numbers. */
export const MAX_PROJECT_FEATURES_BYTES = 120 * 1024 * 1024;
/** Largest project file, bytes, unpacked. */
export const MAX_PROJECT_BYTES = 1024 * 1024 * 1024;
