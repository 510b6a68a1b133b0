// The English text of screens that are seen later: it comes with the first of them.
import { connect } from './connect.ts';
import { deeper } from './deeper.ts';
import { fineTune } from './fine-tune.ts';
import { lab } from './lab.ts';
import { light } from './light.ts';
import { trunk } from './trunk.ts';

export const moreEn = { connect, deeper, fineTune, lab, light, trunk };
