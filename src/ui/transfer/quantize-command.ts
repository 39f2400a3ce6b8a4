/** The command that writes a merge quantized as the page would: docs/headless.md, `quantize`. */
import { quoted } from '../../analyses/command-line.ts';
import { printBlocks } from '../../merge/recipe/blocks.ts';
import type { MergePlan } from '../../merge/plan/plan.ts';
import { isPlainStitch, renameDonor } from '../../merge/recipe/recipe.ts';
import { RECIPE_FILE } from '../../merge/recipe/recipe-file.ts';
import { defaultsOf, type Scheme } from '../../merge/quantize/scheme.ts';
import { type Role, ROLE_LABELS, ROLES } from '../../roles.mjs';

/** The command's own, which is left out. */
const SHARD_BYTES = 5e9;

export interface Written {
  /** Name of the new folder. */
  readonly out: string;
  /** The page's cuts. */
  readonly cuts: readonly number[];
  readonly shardBytes: number;
  readonly verbatim: boolean;
}

type Planned = Pick<MergePlan, 'recipe' | 'donors'>;

/**
 * One line for a POSIX shell that stands where the donors' folders lie. A merge that blocks cannot say names the recipe that every
 * export holds. Null for what the command does not take: more than three donors, or a recipe with others than Base, IN and RL.
 */
export function quantizeCommand(
  plan: Planned,
  scheme: Scheme,
  { out, cuts, shardBytes, verbatim }: Written,
): string | null {
  const source = sourceFlags(plan, cuts);
  if (!source) return null;
  const { format, bits, group, head } = scheme;
  const own = defaultsOf(format);
  const words = [
    ...['npm', 'run', '-s', 'headless', '--', 'quantize'],
    ...source,
    ...['--format', format],
    ...(bits === own.bits ? [] : ['--bits', String(bits)]),
    ...(group === own.group ? [] : ['--group', group === null ? 'channel' : String(group)]),
    ...(head ? ['--head'] : []),
    ...(shardBytes === SHARD_BYTES ? [] : ['--shard-bytes', String(shardBytes)]),
    ...(verbatim ? ['--verbatim'] : []),
    ...['--out', out],
  ];
  return words.map(quoted).join(' ');
}

function sourceFlags({ recipe, donors }: Planned, cuts: readonly number[]): string[] | null {
  const inBlocks = isPlainStitch(recipe) && recipe.rest.frame === recipe.layers[0];
  const [first, ...others] = donors;
  if (first && others.length === 0 && inBlocks) return ['--model', path(first)];
  const roles = rolesOf(donors);
  if (!roles) return null;
  const given = roles.flatMap(({ role, donor }) => [`--${role}`, path(donor)]);
  if (!inBlocks)
    return roles.every(({ role, donor }) => donor.name === ROLE_LABELS[role])
      ? [...given, '--recipe', RECIPE_FILE]
      : null;
  const renamed = roles.reduce(
    (now, { role, donor }) => renameDonor(now, donor.name, ROLE_LABELS[role]),
    recipe,
  );
  const said = printBlocks(renamed, cuts);
  return [...given, '--blocks', said.blocks, '--cuts', said.cuts.join(',')];
}

type Donor = Planned['donors'][number];

/** A flag for each donor: its own, or for a further checkpoint one that is free. Null where they are too many. */
function rolesOf(donors: readonly Donor[]): readonly { readonly role: Role; readonly donor: Donor }[] | null {
  const own = (donor: Donor): Role | undefined => ROLES.find((role) => ROLE_LABELS[role] === donor.name);
  const free = ROLES.filter((role) => !donors.some((donor) => own(donor) === role));
  const given = donors.map((donor) => ({ role: own(donor) ?? free.shift(), donor }));
  return given.every((one): one is { role: Role; donor: Donor } => one.role !== undefined) ? given : null;
}

/** A folder's name as a value: the shell's commands take a word that begins with two dashes for a flag. */
function path({ checkpoint }: Donor): string {
  return checkpoint.startsWith('-') ? `./${checkpoint}` : checkpoint;
}
