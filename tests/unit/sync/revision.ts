import * as v from 'valibot';
import { Digest } from '../../../src/contract/ids.ts';

/** A digest that stands for the content number `n`. */
export function revision(n: number): Digest {
  return v.parse(Digest, n.toString(16).padStart(64, '0'));
}
