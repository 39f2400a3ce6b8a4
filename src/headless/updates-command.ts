/** The command of any analysis of updates: checkpoints are opened and compared, work runs with its journal, and one file is written. */
import { UPDATES } from '../analyses/registry.ts';
import { jsonFile } from '../analyses/result-file.ts';
import { withRun } from '../analyses/run-block.ts';
import type { Updates } from '../analyses/updates.ts';
import { colourAt } from '../checkpoint-places.ts';
import { surveyCapabilities } from '../engine/capabilities.ts';
import type { OpenedCheckpoint } from '../engine/protocol/checkpoint.ts';
import { isRole, ROLE_LABELS, ROLES } from '../roles.mjs';
import { browserComputers } from '../spectra/computers.ts';
import { unplacedSentence, unsharedSentence } from '../spectra/deltas/unshared.ts';
import { type Journalled, runUpdates, updatesFindings } from '../study/run/run-analysis.ts';
import { RunMeter, together } from '../study/run-meter.ts';
import { keptComparison, shownUpdates } from '../study/shown/comparison.ts';
import { comparedCheckpoints, regionCuts } from './compared.ts';
import type { Command, AnalysisContext } from './context.ts';
import { type Ran, written } from './ran.ts';
import { settingValues } from './setting-flags.ts';

export function updatesCommand(analysis: Updates): Command {
  return async (context) => written(context, 'json', await ranUpdates(context, analysis));
}

/** @throws NamedError those of flags, of opening and of the analysis */
export async function ranUpdates(context: AnalysisContext, analysis: Updates): Promise<Ran> {
  const { flags, notice } = context;
  const checkpoints = await comparedCheckpoints(context);
  const computers = await browserComputers(await deviceOf(context, analysis), notice);
  const parts = [...UPDATES.values()].filter(
    ({ declaration: { name, partOf } }) => partOf === analysis.declaration.name && flags.switch(name),
  );
  try {
    const given = { checkpoints, computer: computers.computer };
    const plans = [analysis, ...parts].map((one) => {
      const values = settingValues(one.declaration.settings, flags);
      const plan = one.plan(given, values);
      const meter = new RunMeter({ device: computers.device, threads: computers.threads.size });
      const journalled: Journalled = (identity, total, work) =>
        context.journalled(identity, total, meter.measuring(work));
      const run = () => runUpdates(plan, computers, journalled);
      return { name: one.declaration.name, plan, values, run, meter };
    });
    const leftOut = plans.flatMap(({ plan: { pairing } }) => [
      unsharedSentence(pairing),
      unplacedSentence(pairing),
    ]);
    for (const sentence of new Set(leftOut)) if (sentence !== null) notice(sentence);
    const [main, ...besides] = plans as [(typeof plans)[number], ...typeof plans];
    const { plan, values } = main;
    const { layers } = plan.pairing;
    const cuts = regionCuts(context, layers);
    const records = await main.run();
    const measured: Record<string, object> = {};
    for (const { name, plan, run } of besides) measured[name] = plan.part?.(await run(), { cuts }) ?? {};
    const file = plan.file(records, { cuts, parts: measured });
    return {
      works: plans.map(({ plan: { identity } }) => identity),
      files: [
        withRun(
          jsonFile(analysis.declaration.file, file as object),
          together(plans.map((one) => one.meter.figures(one.plan.total))),
        ),
      ],
      findings: updatesFindings(analysis, plan, values, file, { labelOf, cuts }),
      async shown() {
        const { visionBlocks, injectedAfter } = await anyOpened(context);
        const names = [...checkpoints.keys()];
        const further = names.filter((name) => !isRole(name));
        const places = names.map((name) => {
          const place = isRole(name) ? ROLES.indexOf(name) : ROLES.length + further.indexOf(name);
          return [name, { label: labelOf(name), colour: colourAt(place) }] as const;
        });
        const body = { visionBlocks, layers, ...(injectedAfter ? { injectedAfter } : {}) };
        const compared = {
          body,
          set: checkpoints,
          identities: new Map(places),
          computer: computers.computer,
        };
        return shownUpdates(analysis, plan, values, keptComparison(compared, values));
      },
    };
  } finally {
    computers.dispose();
  }
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
