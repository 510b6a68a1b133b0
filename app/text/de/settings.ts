// German: settings.
import type { Text } from '../text.ts';

export const settings: Text['settings'] = {};
