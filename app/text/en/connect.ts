// English: connect.

export const connect = {};
