// English: deeper.

export const deeper = {};
