// English: failures.

export const failures = {};
