/** How long the analyses of studies took in this browser: what is told beside "Run the study". */
import * as v from 'valibot';
import type { StudyAnalysis, StudySpec } from '../../../study/spec.ts';
import { keepSettings, keptSettings } from '../../state/kept-settings.ts';

const KEY = 'frankenscope.study-seconds';
const SHAPES = { seconds: v.record(v.string(), v.pipe(v.number(), v.finite(), v.minValue(0))) };
/** The latest are kept. */
const MOST = 100;

/** What is known of some analyses: seconds of those that were run whole here, and how many were not. */
export interface KnownSeconds {
  readonly seconds: number;
  readonly unknown: number;
}

/** Names an analysis by what it is run on and how. */
function nameOf({ folders }: Pick<StudySpec, 'folders'>, analysis: StudyAnalysis): string {
  const { declaration, models, samples, settings } = analysis;
  const over = [...models].map(([flag, names]) => [flag, names.map((name) => folders.get(name) ?? name)]);
  return JSON.stringify([declaration.name, over, samples, settings]);
}

/** Keeps how long one took that found nothing from before. */
export function keepSeconds(
  spec: Pick<StudySpec, 'folders'>,
  analysis: StudyAnalysis,
  seconds: number,
): void {
  const name = nameOf(spec, analysis);
  const { [name]: _, ...others } = keptSettings(KEY, SHAPES).values.seconds ?? {};
  const latest = [...Object.entries(others), [name, seconds] as const].slice(-MOST);
  keepSettings(KEY, { seconds: Object.fromEntries(latest) });
}

/** Of what is to be run, by the last run of each. */
export function knownSeconds(
  spec: Pick<StudySpec, 'folders'>,
  analyses: readonly StudyAnalysis[],
): KnownSeconds {
  const { seconds: kept = {} } = keptSettings(KEY, SHAPES).values;
  const known = analyses.flatMap((analysis) => kept[nameOf(spec, analysis)] ?? []);
  return {
    seconds: known.reduce((sum, one) => sum + one, 0),
    unknown: analyses.length - known.length,
  };
}
