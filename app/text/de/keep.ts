// German: keep.
import type { Text } from '../text.ts';

export const keep: Text['keep'] = {};
