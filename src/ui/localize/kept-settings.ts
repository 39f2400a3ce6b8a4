import * as v from 'valibot';
import { TASKS } from '../../probes/task.ts';
import type { SettingShapes } from '../state/kept-settings.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** The page's settings as a browser may keep them. */
export const LOCALIZE_SETTINGS = {
  probe: v.picklist(['swap', 'ablate', 'attention', 'lens', 'patch']),
  chosen: v.nullable(v.string()),
  definition: v.picklist(['paper', 'reference']),
  mode: v.picklist(['single', 'from-layer']),
  tasks: v.pipe(v.array(v.picklist(TASKS)), v.minLength(1), v.maxLength(TASKS.length)),
  pairSource: v.picklist(['pairs', 'minimal-pairs', 'dropped', 'own']),
  literalImage: v.picklist(['strip', 'keep']),
  pairsPerTask: count,
  swapTokens: count,
  questionSource: v.picklist(['problems', 'general-vqa', 'math-targeted-vqa', 'dropped']),
  pictureSource: v.picklist(['general-vqa', 'math-targeted-vqa', 'dropped']),
  samples: count,
  seed: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  part: v.picklist(['layer', 'attention', 'mlp']),
  answerTokens: count,
  running: v.picklist(['teacher-forced', 'free']),
  onlyThink: v.boolean(),
  /** 0 leaves it to the memory estimate. */
  rows: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
} satisfies SettingShapes;
