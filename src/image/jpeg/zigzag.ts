// The order in which a JPEG stores the 64 coefficients of a block.

/** Index in [8,8] of each stored coefficient, from the mean to the finest detail. @see ITU-T T.81, figure A.6 */
export const ZIGZAG = Uint8Array.from(
  [...Array(64).keys()].sort((a, b) => diagonal(a) - diagonal(b) || along(a) - along(b)),
);

function diagonal(index: number): number {
  return (index >> 3) + (index & 7);
}

/** Even diagonals go up to the right, odd ones down to the left. */
function along(index: number): number {
  return diagonal(index) % 2 === 0 ? index & 7 : index >> 3;
}
