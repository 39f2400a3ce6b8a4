/** The evidence that a study's records are: no model is loaded, and no picture read. */
import * as v from 'valibot';
import type { Settings } from '../analyses/declaration.ts';
import { PROBES, UPDATES } from '../analyses/registry.ts';
import { defaultValues, settingShapes, type SettingValues } from '../analyses/setting-values.ts';
import type { Json } from '../identity/canonical-json.ts';
import type { AblationRecord } from '../probes/ablation/sweep.ts';
import type { AttentionRecord } from '../probes/attention/shift.ts';
import type { SwapRecord } from '../probes/swap/sweep.ts';
import type { FroNormFile } from '../spectra/results/fro-norm.ts';
import type { LayerwiseSvdFile } from '../spectra/results/layerwise-svd.ts';
import type { Journals } from '../study/journal/journals.ts';
import { comparisonAgain } from '../study/shown/comparison.ts';
import { KEPT_MODEL } from '../study/shown/model.ts';
import { type AskedRecords, type Evidence, type MeasuredUpdates, NO_EVIDENCE } from './evidence.ts';

/** A work of a study, with what it was laid out of (`src/study/shown/`). */
export interface WorkOfStudy {
  readonly key: string;
  readonly kind: string;
  readonly analysis: string;
  readonly title: string;
  readonly given: Json;
}

/** What of a work that asked models is looked at here: not what they were asked. */
const ASKED = v.object({
  ...{ models: v.pipe(v.array(KEPT_MODEL), v.minLength(1)), chosen: v.nullable(v.string()) },
  values: v.record(v.string(), v.unknown()),
});

export interface StudyEvidence {
  /** Nothing of evaluations: a study keeps answers, not which of them are right. */
  readonly evidence: Evidence;
  /** Titles of works that claims are judged by and another version of the app kept. */
  readonly unread: readonly string[];
}

/**
 * By the analyses that claims are judged by, in the order of the works.
 *
 * @param pause before each, so that a page stays awake
 * @throws NamedError `JournalFailed`
 */
export async function studyEvidence(
  journals: Journals,
  works: readonly WorkOfStudy[],
  pause: () => Promise<void> = () => Promise.resolve(),
): Promise<StudyEvidence> {
  const [measured, asked, unread] = [measuredWorks(), askedWorks(), [] as string[]];
  for (const work of works) {
    const { analysis, kind, title } = work;
    if (!(analysis in measured || analysis in asked)) continue;
    await pause();
    const origin = kind === analysis ? await journals.origin(work.key) : null;
    const records = origin && (await journals.ofOtherBuild(kind, origin)).records;
    const ordered = new Map([...(records ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)));
    const updates = records && analysis in measured ? updatesOf(work, ordered) : null;
    const probe = records && analysis in asked ? recordsOf(work, [...ordered.values()]) : null;
    if (updates) measured[analysis as keyof typeof measured].push(updates as never);
    else if (probe) asked[analysis as keyof typeof asked].push(probe as never);
    else unread.push(title);
  }
  return { evidence: { ...NO_EVIDENCE, ...measured, ...asked }, unread };
}

function measuredWorks() {
  return {
    energy: [] as MeasuredUpdates<FroNormFile>[],
    diversity: [] as MeasuredUpdates<LayerwiseSvdFile>[],
  };
}

function askedWorks() {
  return {
    swap: [] as AskedRecords<SwapRecord>[],
    ablate: [] as AskedRecords<AblationRecord>[],
    attention: [] as AskedRecords<AttentionRecord>[],
  };
}

function updatesOf(
  { key, analysis, given }: WorkOfStudy,
  records: ReadonlyMap<string, unknown>,
): MeasuredUpdates<unknown> | null {
  const [updates, again] = [UPDATES.get(analysis), comparisonAgain(given)];
  if (!updates || !again) return null;
  const { set, computer } = again.compared;
  const values = validValues(updates.declaration.settings, again.values);
  return { work: key, file: updates.plan({ checkpoints: set, computer }, values).file(records) };
}

function recordsOf(
  { key, analysis, given }: WorkOfStudy,
  records: readonly unknown[],
): AskedRecords<unknown> | null {
  const [probe, again] = [PROBES.get(analysis), v.safeParse(ASKED, given)];
  if (!probe || !again.success) return null;
  const { models, chosen, values } = again.output;
  const asked = probe.declaration.compares ? models : models.filter(({ label }) => label === chosen);
  const [first] = asked;
  if (!first) return null;
  return {
    work: key,
    models: asked.map(({ label }) => label),
    layers: first.checkpoint.layers,
    values: validValues(probe.declaration.settings, values),
    records,
  };
}

/** As they were kept; what is none, since a hand wrote it, as a command has it where nothing was said. */
function validValues(settings: Settings, kept: SettingValues): SettingValues {
  const known = Object.entries(settingShapes(settings)).flatMap(([name, shape]) =>
    v.is(shape, kept[name]) ? [[name, kept[name]] as const] : [],
  );
  return { ...defaultValues(settings), ...Object.fromEntries(known) };
}
