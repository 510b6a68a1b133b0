// German: use.
import type { Text } from '../text.ts';

export const use: Text['use'] = {};
