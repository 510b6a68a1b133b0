// English: home.

export const home = {};
