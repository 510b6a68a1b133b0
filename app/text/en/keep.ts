// English: keep.

export const keep = {};
