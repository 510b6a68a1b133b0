// German: failures.
import type { Text } from '../text.ts';

export const failures: Text['failures'] = {};
