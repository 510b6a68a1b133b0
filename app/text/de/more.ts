// The German text of screens that are seen later.
import type { MoreText } from '../more.ts';
import { connect } from './connect.ts';
import { deeper } from './deeper.ts';
import { fineTune } from './fine-tune.ts';
import { lab } from './lab.ts';
import { light } from './light.ts';
import { trunk } from './trunk.ts';

export const moreDe: MoreText = { connect, deeper, fineTune, lab, light, trunk };
