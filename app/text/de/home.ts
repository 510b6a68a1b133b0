// German: home.
import type { Text } from '../text.ts';

export const home: Text['home'] = {};
