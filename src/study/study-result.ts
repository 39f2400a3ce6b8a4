/** What a study found, in short: `study.json`, and the first line of its file. */
import * as v from 'valibot';
import type { Json } from '../identity/canonical-json.ts';
import { VERDICTS } from '../verdicts.ts';
import { DECK } from './deck.ts';

const LONGEST_TEXT = 10_000;
const MOST = 1000;

const text = v.pipe(v.string(), v.maxLength(LONGEST_TEXT));
const texts = v.pipe(v.array(text), v.maxLength(MOST));
/** As deep as a spec may be, and its innermost values: what is deeper could not be written again. */
const DEEPEST = 65;
const json = v.custom<Json>((value) => value !== undefined && isShallow(value));

function isShallow(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth++)
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  return level.length === 0;
}

const ANALYSIS = v.object({
  ...{ name: text, folder: text, models: v.record(v.string(), texts), settings: json },
  /** What its records are kept under, as their journals say it. */
  works: v.pipe(
    v.array(v.object({ key: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)), kind: text, modules: text })),
    v.maxLength(MOST),
  ),
  /** Below the study's folder. */
  files: texts,
  /** In sentences, by default with a page's thirds for regions. */
  findings: texts,
});

const CLAIM = v.object({ id: text, verdict: v.picklist(VERDICTS), sentence: text });

export const STUDY_RESULT = v.object({
  /** As it was given. */
  spec: json,
  name: text,
  analyses: v.pipe(v.array(ANALYSIS), v.maxLength(MOST)),
  /** How the papers' claims stand to it; where the command made it. */
  claims: v.exactOptional(v.pipe(v.array(CLAIM), v.maxLength(MOST))),
  frankenscope: v.object({ version: text, run: v.object({ build: text }) }),
  /** The talk about it, where somebody has arranged one. */
  deck: v.exactOptional(DECK),
});

export type AnalysisResult = v.InferOutput<typeof ANALYSIS>;
export type StudyResult = v.InferOutput<typeof STUDY_RESULT>;
