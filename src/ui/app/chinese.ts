import { zh as analysisWords } from '../analyses/words.zh.ts';
import { zh as analysisPage } from '../analysis-page/texts.zh.ts';
import { zh as connected } from '../connected/texts.zh.ts';
import { zh as demoSamples } from '../demo/sample-texts.zh.ts';
import { zh as demo } from '../demo/texts.zh.ts';
import { zh as embed } from '../embed/texts.zh.ts';
import { zh as figureSource } from '../figure-source/texts.zh.ts';
import { zh as files } from '../files/texts.zh.ts';
import { zh as charts } from '../charts/texts.zh.ts';
import type { Dictionary } from '../language/texts.ts';
import { zh as offlineKept } from '../offline/kept-texts.zh.ts';
import { zh as offline } from '../offline/texts.zh.ts';
import { zh as openFinding } from '../open/finding-texts.zh.ts';
import { zh as open } from '../open/texts.zh.ts';
import { zh as published } from '../published/texts.zh.ts';
import { zh as served } from '../served/texts.zh.ts';
import { zh as tryit } from '../tryit/texts.zh.ts';
import { zh as appSheets } from './sheet-texts.zh.ts';
import { zh as app } from './texts.zh.ts';

/** Every text in Chinese, by the room's name: fetched only where Chinese is spoken. One line a room. */
export const CHINESE = {
  app,
  'analysis-page': analysisPage,
  'app-sheets': appSheets,
  connected,
  demo,
  'demo-samples': demoSamples,
  embed,
  'figure-source': figureSource,
  files,
  offline,
  'offline-kept': offlineKept,
  open,
  'open-finding': openFinding,
  published,
  served,
  tryit,
  'analysis-words': analysisWords,
  charts,
} satisfies Dictionary;
