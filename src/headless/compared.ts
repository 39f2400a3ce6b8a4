import { parseCuts, type Cuts } from '../regions.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { CheckpointSet } from '../spectra/deltas/pairing.ts';
import { roleNames } from '../spectra/deltas/roles.ts';
import { withoutRepeatedHead } from '../vlm/stored-head.ts';
import type { AnalysisContext } from './context.ts';
import { recipeCheckpoints } from './recipe-donors.ts';

/**
 * The checkpoints of `--base`, `--in`, `--rl` and the flag of `further` ones, headers read, and the merges of `--recipe`.
 *
 * @throws NamedError those of opening, of reading recipes and of planning
 */
export async function comparedCheckpoints(
  context: AnalysisContext,
  further = 'model',
): Promise<CheckpointSet> {
  const { checkpoints } = context;
  const open = async (flag: string, index = 0): Promise<Checkpoint | undefined> => {
    if (index >= checkpoints.count(flag)) return undefined;
    return withoutRepeatedHead(await checkpoints.weights(flag, index));
  };
  const [base, before, rl] = await Promise.all([open('base'), open('in'), open('rl')]);
  const others = await Promise.all(
    Array.from({ length: checkpoints.count(further) }, (_, index) => open(further, index)),
  );
  return roleNames({
    ...{ base, in: before, rl },
    others: [
      ...others.filter((checkpoint) => checkpoint !== undefined),
      ...(await recipeCheckpoints(context)),
    ],
  });
}

/** `--cuts A,B` of a model with `layers`; undefined where it was not given. @throws NamedError `InvalidCuts` */
export function regionCuts({ flags }: AnalysisContext, layers: number): Cuts | undefined {
  return parseCuts(flags.text('cuts') ?? null, layers);
}
