// English: check.

export const check = {};
