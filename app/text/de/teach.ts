// German: teach.
import type { Text } from '../text.ts';

export const teach: Text['teach'] = {};
