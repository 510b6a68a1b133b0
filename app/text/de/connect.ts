// German: connect.
import type { Text } from '../text.ts';

export const connect: Text['connect'] = {};
