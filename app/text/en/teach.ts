// English: teach.

export const teach = {};
