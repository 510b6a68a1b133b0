// German: deeper.
import type { Text } from '../text.ts';

export const deeper: Text['deeper'] = {};
