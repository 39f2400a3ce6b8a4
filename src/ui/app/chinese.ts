import { ANALYSES } from '../analyses/chinese.ts';
import { zh as analysisPage } from '../analysis-page/texts.zh.ts';
import { zh as check } from '../check/texts.zh.ts';
import { zh as charts } from '../charts/texts.zh.ts';
import { zh as characterize } from '../characterize/texts.zh.ts';
import { zh as components } from '../components/texts.zh.ts';
import { zh as evaluation } from '../evaluation/texts.zh.ts';
import { zh as format } from '../format/texts.zh.ts';
import type { Dictionary } from '../language/texts.ts';
import { zh as layerStrip } from '../layer-strip/texts.zh.ts';
import { zh as localize } from '../localize/texts.zh.ts';
import { zh as necessity } from '../necessity/texts.zh.ts';
import { zh as perception } from '../perception/texts.zh.ts';
import { zh as state } from '../state/texts.zh.ts';
import { zh as runCosts } from '../state/run-cost-texts.zh.ts';
import { zh as transfer } from '../transfer/texts.zh.ts';
import { zh as connected } from '../connected/texts.zh.ts';
import { zh as demoSamples } from '../demo/sample-texts.zh.ts';
import { zh as demo } from '../demo/texts.zh.ts';
import { zh as embed } from '../embed/texts.zh.ts';
import { zh as figureSource } from '../figure-source/texts.zh.ts';
import { zh as files } from '../files/texts.zh.ts';
import { zh as offlineKept } from '../offline/kept-texts.zh.ts';
import { zh as offline } from '../offline/texts.zh.ts';
import { zh as openFinding } from '../open/finding-texts.zh.ts';
import { zh as open } from '../open/texts.zh.ts';
import { zh as published } from '../published/texts.zh.ts';
import { zh as served } from '../served/texts.zh.ts';
import { zh as tryit } from '../tryit/texts.zh.ts';
import { zh as appSheets } from './sheet-texts.zh.ts';
import { words as report } from '../../report/words.zh.ts';
import { words as claims } from '../../claims/words.zh.ts';
import { zh as studies } from '../studies/texts.zh.ts';
import { zh as talk } from '../talk/texts.zh.ts';
import { zh as app } from './texts.zh.ts';

/** Every text in Chinese, by the room's name: fetched only where Chinese is spoken. One line a room. */
export const CHINESE = {
  app,
  'analysis-page': analysisPage,
  check,
  ...ANALYSES,
  charts,
  characterize,
  components,
  evaluation,
  format,
  'layer-strip': layerStrip,
  localize,
  necessity,
  perception,
  state,
  'run-costs': runCosts,
  transfer,
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
  claims,
  studies,
  talk,
  report,
} satisfies Dictionary;
