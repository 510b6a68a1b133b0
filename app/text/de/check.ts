// German: check.
import type { Text } from '../text.ts';

export const check: Text['check'] = {};
