/** One analysis of a study, run with its journal: the shell and the page put together what it is given, and both run it by this. */
import { type Given, type Probe, readerOf } from '../../analyses/probe.ts';
import { inOrder, type Plan } from '../../analyses/plan.ts';
import type { SettingValues } from '../../analyses/setting-values.ts';
import type { Updates, UpdatesPlan } from '../../analyses/updates.ts';
import type { WithVerifier } from '../../checkpoint/whole-hash/weight-verifier.ts';
import { type WorkIdentity, workKey } from '../../identity/work-identity.ts';
import { type Cuts, thirds } from '../../regions.ts';
import type { Computers } from '../../spectra/diversity.ts';
import type { LongWork } from '../../work/long-work.ts';
import { modulesOf } from '../../work/modules.ts';
import type { StudyAnalysis, StudySpec } from '../spec.ts';
import type { AnalysisResult } from '../study-result.ts';

/** Runs long work with its journal (`runJournalled`), told of what the caller cancels and shows. */
export type Journalled = <Record, Result>(
  identity: WorkIdentity,
  total: number,
  work: (long: LongWork<Record> & WithVerifier) => Promise<Result>,
) => Promise<Result>;

/** Sets that travel with the app, which have their pictures wherever a study is shown. */
const COMMITTED = {
  pairs: ['pairs', 'minimal-pairs'],
  problems: ['problems', 'general-vqa', 'math-targeted-vqa'],
  'visual questions': ['general-vqa', 'math-targeted-vqa'],
} as const;

/** Whether samples of that name are one of them; null where not. */
export function committedSet(asks: Probe['declaration']['asks'], name: string): CommittedSet | null {
  return COMMITTED[asks].find((one) => one === name) ?? null;
}

export type CommittedSet = (typeof COMMITTED)[keyof typeof COMMITTED][number];

/** In the order in which they are run: what is read from disk first, since it shows something in seconds. */
export function inTurn({ analyses }: Pick<StudySpec, 'analyses'>): readonly StudyAnalysis[] {
  const isUpdates = ({ declaration }: StudyAnalysis): boolean => declaration.family === 'updates';
  return [...analyses.filter(isUpdates), ...analyses.filter((one) => !isUpdates(one))];
}

/** @throws NamedError those of the analysis */
export async function runProbe(
  probe: Probe,
  given: Given,
  values: SettingValues,
  journalled: Journalled,
): Promise<{
  readonly plan: Plan<unknown, unknown>;
  readonly records: ReadonlyMap<string, unknown>;
  readonly findings: readonly string[];
}> {
  const plan = await probe.plan(given, values);
  const records = await journalled<unknown, ReadonlyMap<string, unknown>>(
    plan.identity,
    plan.total,
    async (long) => {
      const own = new Set(plan.keys);
      // The journal of the whole holds records of other parts, too.
      const found = new Map([...(long.finished ?? [])].filter(([key]) => own.has(key)));
      await plan.run({
        ...long,
        async onRecord(key, record) {
          found.set(key, record);
          await long.onRecord?.(key, record);
        },
      });
      return found;
    },
  );
  return { plan, records, findings: probeFindings(probe, plan, records, given.models, values) };
}

/** What records say, in sentences: in the order of the plan, whatever order they came in. */
export function probeFindings(
  probe: Probe,
  { keys }: Pick<Plan<unknown, unknown>, 'keys'>,
  records: ReadonlyMap<string, unknown>,
  models: Given['models'],
  values: SettingValues,
): readonly string[] {
  const layers = models[0]?.checkpoint.layers ?? 0;
  const reader = readerOf(thirds(layers), layers);
  return probe.findings(inOrder(records, keys), values, models, reader);
}

/** @throws NamedError those of the analysis */
export function runUpdates(
  plan: UpdatesPlan<unknown, unknown>,
  computers: Computers,
  journalled: Journalled,
): Promise<ReadonlyMap<string, unknown>> {
  return journalled(plan.identity, plan.total, (long: LongWork<unknown> & WithVerifier) =>
    plan.run(computers, long),
  );
}

/** What a result file says, in sentences; `labelOf` calls a checkpoint as pages do, by its name in results. */
export function updatesFindings(
  analysis: Updates,
  plan: UpdatesPlan<unknown, unknown>,
  values: SettingValues,
  file: unknown,
  { labelOf, cuts }: { labelOf(name: string): string; readonly cuts?: Cuts | undefined },
): readonly string[] {
  const { layers } = plan.pairing;
  const { regions } = readerOf(cuts ?? thirds(layers), layers);
  const formulas = new Map(
    plan.deltas.map(({ key, to, from }) => [key, `${labelOf(to)} − ${labelOf(from)}`]),
  );
  return analysis.findings(file, plan, values, { regions, formulas, scale: 'relative' });
}

/** What a study says of one of its analyses. */
export async function analysisResult(
  { declaration, folder, models, settings }: StudyAnalysis,
  {
    works,
    files,
    findings,
  }: Pick<AnalysisResult, 'files' | 'findings'> & { readonly works: readonly WorkIdentity[] },
): Promise<AnalysisResult> {
  return {
    ...{ name: declaration.name, folder },
    models: Object.fromEntries([...models].map(([flag, names]) => [flag, [...names]])),
    settings: JSON.parse(JSON.stringify(settings)) as AnalysisResult['settings'],
    works: await Promise.all(
      works.map(async (work) => ({
        key: await workKey(work),
        kind: work.kind,
        modules: modulesOf(work.kind),
      })),
    ),
    files,
    findings,
  };
}
