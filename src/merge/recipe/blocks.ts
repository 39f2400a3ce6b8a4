/** Block notation: `IN:RL:RL`, one donor a region from Early to Late (docs/method.md §7.1). */
import { NamedError } from '../../named-error.ts';
import { checkCuts, evenCuts } from '../../regions.ts';
import type { DonorName, Recipe } from './recipe.ts';
import { restFrom } from './recipe.ts';

/** The standard set of P1's transferability study, Early:Mid:Late. */
export const STANDARD_BLOCKS: readonly string[] = [
  ...['IN', 'RL', 'IN:RL:RL', 'RL:IN:IN'],
  ...['IN:IN:RL', 'RL:RL:IN', 'IN:RL:IN', 'RL:IN:RL'],
];

/**
 * Reads block notation.
 *
 * @param donors the names that may be used; case does not matter in `text`
 * @param layers LLM layers of the model
 * @param cuts last layer of each region but the last; default: regions as equal as `evenCuts` makes them
 * @param field what holds `text`, for errors
 * @throws NamedError `InvalidBlocks`, `UnknownDonor`, `InvalidCuts`
 */
export function parseBlocks(
  text: string,
  donors: readonly DonorName[],
  layers: number,
  cuts?: readonly number[],
  field = 'blocks',
): Recipe {
  const regions = text.split(':').map((name) => name.trim());
  if (regions.some((name) => name === '')) {
    throw new NamedError(
      'InvalidBlocks',
      `"${text}" has a region without a donor`,
      { field },
      'write one name a region, as in IN:RL:RL',
    );
  }
  const seams = cuts ?? evenCuts(layers, regions.length);
  // One name is the same whatever the cuts are.
  const used = regions.length === 1 ? [] : seams;
  checkCuts(used, regions.length, layers);
  const named = regions.map((name) => findDonor(name, donors, field));
  const ends = [...used, layers];
  const perLayer = Array.from(
    { length: layers },
    (_, i) => named[ends.findIndex((end) => i < end)] as DonorName,
  );
  return { layers: perLayer, rest: restFrom(named[0] as DonorName), edits: [] };
}

function findDonor(name: string, donors: readonly DonorName[], field: string): DonorName {
  const found = donors.find((donor) => donor.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  throw new NamedError(
    'UnknownDonor',
    `no checkpoint is called ${JSON.stringify(name)}`,
    { field },
    `known: ${donors.join(', ')}`,
  );
}

/** A run of neighbouring layers of one donor. */
interface Run {
  readonly donor: DonorName;
  readonly last: number;
}

function runsOf(layers: readonly DonorName[]): readonly Run[] {
  return layers.flatMap((donor, i) => (donor === layers[i + 1] ? [] : [{ donor, last: i + 1 }]));
}

/**
 * The layers of a recipe in block notation, with `cuts` where they say it, else with the cuts that lie between
 * donors: `{blocks: 'IN:RL:RL', cuts: [9, 18]}`. What is done besides (rest, edits) is not part of the notation.
 */
export function printBlocks(
  { layers }: Pick<Recipe, 'layers'>,
  cuts: readonly number[] = [],
): { readonly blocks: string; readonly cuts: readonly number[] } {
  const runs = runsOf(layers);
  if (runs.length === 1) return { blocks: layers[0] as DonorName, cuts };
  const between = runs.slice(0, -1).map(({ last }) => last);
  if (!between.every((cut) => cuts.includes(cut))) {
    return { blocks: runs.map(({ donor }) => donor).join(':'), cuts: between };
  }
  const ends = [...cuts, layers.length];
  return { blocks: ends.map((end) => layers[end - 1]).join(':'), cuts };
}
