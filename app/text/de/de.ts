// All of the German text.
import type { Text } from '../text.ts';
import { camera } from './camera.ts';
import { check } from './check.ts';
import { common } from './common.ts';
import { endpoint } from './endpoint.ts';
import { failures } from './failures.ts';
import { home } from './home.ts';
import { inbox } from './inbox.ts';
import { keep } from './keep.ts';
import { settings } from './settings.ts';
import { shell } from './shell.ts';
import { teach } from './teach.ts';
import { use } from './use.ts';

export const de: Text = {
  camera,
  check,
  common,
  endpoint,
  failures,
  home,
  inbox,
  keep,
  settings,
  shell,
  teach,
  use,
};
