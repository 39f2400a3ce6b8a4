/** The command of any analysis of updates: checkpoints are opened and compared, work runs with its journal, and one file is written. */
import { UPDATES } from '../analyses/registry.ts';
import type { Updates } from '../analyses/updates.ts';
import type { WithVerifier } from '../checkpoint/whole-hash/weight-verifier.ts';
import { surveyCapabilities } from '../engine/capabilities.ts';
import { browserComputers } from '../spectra/computers.ts';
import { unplacedSentence, unsharedSentence } from '../spectra/deltas/unshared.ts';
import type { LongWork } from '../work/long-work.ts';
import { comparedCheckpoints, regionCuts } from './compared.ts';
import type { Command, CommandContext } from './context.ts';
import { settingValues } from './setting-flags.ts';

export function updatesCommand(analysis: Updates): Command {
  return async (context) => {
    const { flags, notice } = context;
    const checkpoints = await comparedCheckpoints(context);
    const computers = await browserComputers(await deviceOf(context, analysis), notice);
    const parts = [...UPDATES.values()].filter(
      ({ declaration: { name, partOf } }) => partOf === analysis.declaration.name && flags.switch(name),
    );
    try {
      const given = { checkpoints, computer: computers.computer };
      const plans = [analysis, ...parts].map((one) => {
        const plan = one.plan(given, settingValues(one.declaration.settings, flags));
        const run = (): Promise<ReadonlyMap<string, unknown>> =>
          context.journalled(plan.identity, plan.total, (long: LongWork<unknown> & WithVerifier) =>
            plan.run(computers, long),
          );
        return { name: one.declaration.name, plan, run };
      });
      const leftOut = plans.flatMap(({ plan: { pairing } }) => [
        unsharedSentence(pairing),
        unplacedSentence(pairing),
      ]);
      for (const sentence of new Set(leftOut)) if (sentence !== null) notice(sentence);
      const [main, ...besides] = plans as [(typeof plans)[number], ...typeof plans];
      const cuts = regionCuts(context, main.plan.pairing.layers);
      const records = await main.run();
      const measured: Record<string, object> = {};
      for (const { name, plan, run } of besides) measured[name] = plan.part?.(await run(), { cuts }) ?? {};
      return main.plan.file(records, { cuts, parts: measured });
    } finally {
      computers.dispose();
    }
  };
}

/** Where it is computed: on the GPU where it uses one, and one is asked for or preferred. */
async function deviceOf(
  { flags }: CommandContext,
  { declaration: { computers } }: Updates,
): Promise<'webgpu' | 'cpu'> {
  if (computers === 'threads') return 'cpu';
  const device = flags.choice('device', ['webgpu', 'wasm']) ?? (await surveyCapabilities()).preferred;
  return device === 'webgpu' ? 'webgpu' : 'cpu';
}
