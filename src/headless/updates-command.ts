/** The command of any analysis of updates: checkpoints are opened and compared, work runs with its journal, and one file is written. */
import { UPDATES } from '../analyses/registry.ts';
import { jsonFile } from '../analyses/result-file.ts';
import { type RunFigures, withRun } from '../analyses/run-block.ts';
import { type Shard, tensorsOf } from '../analyses/shard.ts';
import type { Updates, UpdatesPlan } from '../analyses/updates.ts';
import { colourAt } from '../checkpoint-places.ts';
import { surveyCapabilities } from '../engine/capabilities.ts';
import type { OpenedCheckpoint } from '../engine/protocol/checkpoint.ts';
import { NamedError } from '../named-error.ts';
import type { Cuts } from '../regions.ts';
import { isRole, ROLE_LABELS, ROLES } from '../roles.mjs';
import { browserComputers } from '../spectra/computers.ts';
import { unplacedSentence, unsharedSentence } from '../spectra/deltas/unshared.ts';
import type { Computers } from '../spectra/diversity.ts';
import { comparedOfPart, type RunUpdates, updatesPart } from '../study/parts/updates-part.ts';
import { runUpdates, updatesFindings } from '../study/run/run-analysis.ts';
import { RunMeter, together } from '../study/run-meter.ts';
import { type Compared, keptComparison, shownUpdates } from '../study/shown/comparison.ts';
import { comparedCheckpoints, regionCuts } from './compared.ts';
import type { Command, AnalysisContext } from './context.ts';
import { partJournalled } from './part-journal.ts';
import { type Ran, written } from './ran.ts';
import { settingValues } from './setting-flags.ts';

export function updatesCommand(analysis: Updates): Command {
  return async (context) => written(context, 'json', await ranUpdates(context, analysis));
}

/** @throws NamedError those of flags, of opening and of the analysis; `BadValue` of a part of what holds merges */
export async function ranUpdates(context: AnalysisContext, analysis: Updates): Promise<Ran> {
  const { flags, notice } = context;
  const shard = flags.shard();
  if (shard && context.inputs.list('recipe').length > 0) throw mergesHaveNoParts();
  const checkpoints = await comparedCheckpoints(context);
  const computers = await browserComputers(await deviceOf(context, analysis), notice);
  const parts = [...UPDATES.values()].filter(
    ({ declaration: { name, partOf } }) => partOf === analysis.declaration.name && flags.switch(name),
  );
  try {
    const { computer } = computers;
    const runs = [analysis, ...parts].map((one): RunUpdates => {
      const values = settingValues(one.declaration.settings, flags);
      return { name: one.declaration.name, values, plan: one.plan({ checkpoints, computer }, values) };
    });
    const leftOut = runs.flatMap(({ plan: { pairing } }) => [
      unsharedSentence(pairing),
      unplacedSentence(pairing),
    ]);
    for (const sentence of new Set(leftOut)) if (sentence !== null) notice(sentence);
    const layers = runs[0]?.plan.pairing.layers ?? 0;
    const cuts = regionCuts(context, layers);
    const records = new Map<string, ReadonlyMap<string, unknown>>();
    const figures: (RunFigures | null)[] = [];
    for (const { name, plan } of runs) {
      const meter = new RunMeter({ device: computers.device, threads: computers.threads.size });
      const journalled: AnalysisContext['journalled'] = (identity, total, work, ...kept) =>
        context.journalled(identity, total, meter.measuring(work), ...kept);
      const found = shard
        ? await partOfUpdates({ flags, journalled }, plan, computers, shard)
        : await runUpdates(plan, computers, journalled);
      records.set(name, found);
      figures.push(meter.figures(found.size));
    }
    const compared = async () => {
      const { visionBlocks, injectedAfter } = await anyOpened(context);
      const body = { visionBlocks, layers, ...(injectedAfter ? { injectedAfter } : {}) };
      return { body, set: checkpoints, computer };
    };
    const measured = updatesRan(analysis, runs, records, { cuts, compared });
    const ran = { ...measured, files: [...measured.files].map((file) => withRun(file, together(figures))) };
    const [main] = runs;
    if (!shard || !main) return ran;
    const kept = comparedOfPart(await compared(), main.values);
    if (kept === null) throw mergesHaveNoParts();
    return { ...ran, part: updatesPart(runs, records, { compared: kept, cuts: cuts ?? null }, shard) };
  } finally {
    computers.dispose();
  }
}

/** Measures this part's tensors, kept in the journal of the whole. */
export function partOfUpdates<Record>(
  context: Pick<AnalysisContext, 'flags' | 'journalled'>,
  plan: UpdatesPlan<Record, unknown>,
  computers: Computers,
  shard: Shard,
): Promise<ReadonlyMap<string, Record>> {
  const own = new Set(tensorsOf(plan.pairing, shard));
  return partJournalled<Record, ReadonlyMap<string, Record>>(context, plan.identity, plan.total, (long) =>
    plan.run(computers, long, own),
  );
}

/** What records say of updates, measured here or in parts. @param records by name, of each analysis that was run */
export function updatesRan(
  analysis: Updates,
  runs: readonly RunUpdates[],
  records: ReadonlyMap<string, ReadonlyMap<string, unknown>>,
  of: { readonly cuts: Cuts | undefined; compared(): Promise<Omit<Compared, 'identities'>> },
): Ran {
  const { cuts } = of;
  const [main, ...besides] = runs as [RunUpdates, ...RunUpdates[]];
  const { plan, values } = main;
  const measured = besides.map(({ name, plan }) => {
    return [name, plan.part?.(records.get(name) ?? new Map(), { cuts }) ?? {}] as const;
  });
  const file = plan.file(records.get(main.name) ?? new Map(), { cuts, parts: Object.fromEntries(measured) });
  return {
    works: runs.map(({ plan: { identity } }) => identity),
    files: [jsonFile(analysis.declaration.file, file as object)],
    findings: updatesFindings(analysis, plan, values, file, { labelOf, cuts }),
    async shown() {
      const compared = await of.compared();
      const names = [...compared.set.keys()];
      const further = names.filter((name) => !isRole(name));
      const identities = names.map((name) => {
        const place = isRole(name) ? ROLES.indexOf(name) : ROLES.length + further.indexOf(name);
        return [name, { label: labelOf(name), colour: colourAt(place) }] as const;
      });
      const kept = keptComparison({ ...compared, identities: new Map(identities) }, values);
      return shownUpdates(analysis, plan, values, kept);
    },
  };
}

/** What a merge is computed of is not in a part: nothing would say what combined records are of. */
function mergesHaveNoParts(): NamedError {
  return new NamedError(
    'BadValue',
    'updates of a merge that is on no disk are measured whole',
    { field: '--shard' },
    'leave it out, or write the merge with `merge` and give its folder with --model',
  );
}

/** A checkpoint of the comparison by its name on pages. */
function labelOf(name: string): string {
  return isRole(name) ? ROLE_LABELS[name] : name;
}

/** One of the checkpoints, as the engine opens it: its shape is that of all. */
async function anyOpened({ checkpoints }: AnalysisContext): Promise<OpenedCheckpoint> {
  const flag = ROLES.find((role) => checkpoints.count(role) > 0) ?? 'model';
  return checkpoints.open(flag);
}

/** Where it is computed: on the GPU where it uses one, and one is asked for or preferred. */
async function deviceOf(
  { flags }: AnalysisContext,
  { declaration: { computers } }: Updates,
): Promise<'webgpu' | 'cpu'> {
  if (computers === 'threads') return 'cpu';
  const device = flags.choice('device', ['webgpu', 'wasm']) ?? (await surveyCapabilities()).preferred;
  return device === 'webgpu' ? 'webgpu' : 'cpu';
}
