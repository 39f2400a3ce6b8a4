import { regionCutsOf } from '../analyses/region-cuts.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { noticeLines } from '../checkpoint/weight-files.ts';
import type { DeltaChoice, Rounding } from '../spectra/deltas/delta-spec.ts';
import type { CheckpointSet } from '../spectra/deltas/pairing.ts';
import type { RegionCuts } from '../spectra/regions.ts';
import { roleNames } from '../study/characterize/roles.ts';
import { openWeights } from '../vlm/stored-head.ts';
import type { CommandContext } from './context.ts';
import { recipeCheckpoints } from './recipe-donors.ts';

/**
 * The checkpoints of `--base`, `--in`, `--rl` and `--model`, headers read, and the merges of `--recipe`.
 *
 * @throws NamedError those of opening, of reading recipes and of planning
 */
export async function comparedCheckpoints(context: CommandContext): Promise<CheckpointSet> {
  const { checkpoints, signal } = context;
  const open = async (flag: string, index = 0): Promise<Checkpoint | undefined> => {
    if (index >= checkpoints.count(flag)) return undefined;
    const { name, files } = checkpoints.folder(flag, index);
    const opened = await openWeights(files, { name, signal });
    checkpoints.tell(name, noticeLines(opened.notices));
    return opened;
  };
  const [base, before, rl] = await Promise.all([open('base'), open('in'), open('rl')]);
  const others = await Promise.all(
    Array.from({ length: checkpoints.count('model') }, (_, index) => open('model', index)),
  );
  return roleNames({
    ...(base ? { base } : {}),
    ...(before ? { in: before } : {}),
    ...(rl ? { rl } : {}),
    others: [
      ...others.filter((checkpoint) => checkpoint !== undefined),
      ...(await recipeCheckpoints(context)),
    ],
  });
}

/** `--rounding`, `--rl-from`, `--reference` and `--outside`. */
export function comparison({ flags }: CommandContext): {
  rounding: Rounding;
  delta: DeltaChoice;
  outside: boolean;
} {
  const rlFrom = flags.choice('rlFrom', ['in', 'base']);
  const reference = flags.choice('reference', ['base', 'in']);
  return {
    rounding: flags.choice('rounding', ['stored', 'reference']) ?? 'stored',
    delta: { ...(rlFrom ? { rlFrom } : {}), ...(reference ? { reference } : {}) },
    outside: flags.switch('outside'),
  };
}

/** `--cuts A,B` of a model with `layers`; undefined where it was not given. @throws NamedError `BadValue` */
export function regionCuts({ flags }: CommandContext, layers: number): RegionCuts | undefined {
  return regionCutsOf(flags.text('cuts') ?? null, layers, '--cuts');
}
