import { zh as analysisPage } from '../analysis-page/texts.zh.ts';
import type { Dictionary } from '../language/texts.ts';
import { words as claims } from '../../claims/words.zh.ts';
import { zh as studies } from '../studies/texts.zh.ts';
import { zh as talk } from '../talk/texts.zh.ts';
import { zh as app } from './texts.zh.ts';

/** Every text in Chinese, by the room's name: fetched only where Chinese is spoken. One line a room. */
export const CHINESE = {
  app,
  'analysis-page': analysisPage,
  claims,
  studies,
  talk,
} satisfies Dictionary;
