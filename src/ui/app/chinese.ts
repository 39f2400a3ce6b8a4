import { ANALYSES } from '../analyses/chinese.ts';
import { zh as analysisPage } from '../analysis-page/texts.zh.ts';
import { zh as charts } from '../charts/texts.zh.ts';
import type { Dictionary } from '../language/texts.ts';
import { zh as app } from './texts.zh.ts';

/** Every text in Chinese, by the room's name: fetched only where Chinese is spoken. One line a room. */
export const CHINESE = {
  app,
  'analysis-page': analysisPage,
  ...ANALYSES,
  charts,
} satisfies Dictionary;
