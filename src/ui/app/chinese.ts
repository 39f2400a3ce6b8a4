import { zh as analysisWords } from '../analyses/words.zh.ts';
import { zh as analysisPage } from '../analysis-page/texts.zh.ts';
import { zh as check } from '../check/texts.zh.ts';
import { zh as charts } from '../charts/texts.zh.ts';
import type { Dictionary } from '../language/texts.ts';
import { zh as app } from './texts.zh.ts';

/** Every text in Chinese, by the room's name: fetched only where Chinese is spoken. One line a room. */
export const CHINESE = {
  app,
  'analysis-page': analysisPage,
  check,
  'analysis-words': analysisWords,
  charts,
} satisfies Dictionary;
