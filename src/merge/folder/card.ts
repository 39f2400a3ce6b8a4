/** README.md of a merged checkpoint: what it was made of and how, so that it can be made again. */
import { thirds } from '../../regions.ts';
import { printBlocks } from '../recipe/blocks.ts';
import type { Edit, Recipe } from '../recipe/recipe.ts';
import type { MergePlan } from '../plan/plan.ts';
import { PIECE_NAMES, summarizePlan } from '../plan/summary.ts';
import { RECIPE_FILE } from '../recipe/recipe-file.ts';
import type { ChangedFile } from './both-spellings.ts';

/** Lines of Markdown tables hold names from checkpoints: what would end a cell is escaped. */
const cell = (text: string): string => text.replace(/[\\|]/g, '\\$&').replace(/\s+/g, ' ');
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
export const bullets = (items: readonly string[]): string =>
  items.map((item) => `- ${cell(item)}`).join('\n');

/** How many names of tensors a list in the card spells out before it points at the plan. */
const NAMES = 50;

/** The card of a merge; the same plan gives the same bytes. */
export function writeCard(
  plan: MergePlan,
  files: { readonly unchanged: readonly string[]; readonly weights: readonly string[] },
): string {
  const { recipe, donors } = plan;
  const { blocks, cuts } = regionsOf(recipe);
  const noise = plan.tensors.flatMap(({ name, operation }) =>
    operation.kind === 'compute' && operation.noise && operation.noise.deviation !== null
      ? [[name, operation.noise.deviation.toExponential(6)]]
      : [],
  );
  const left = donors.filter(({ leftBehind }) => leftBehind.length > 0);
  const sections = [
    '---\nlibrary_name: transformers\npipeline_tag: image-text-to-text\ntags:\n  - merge\n  - frankenscope\n---',
    `# Merge ${blocks}`,
    `Merged from ${donors.length} checkpoint${donors.length === 1 ? '' : 's'} by Frankenscope: ` +
      `${recipe.layers.length} LLM layers, ${cuts.length > 0 ? `regions ending after layers ${cuts.join(', ')}` : 'one region'}. ` +
      `The recipe lies in \`${RECIPE_FILE}\`.`,
    '## Donors',
    table(
      ['name', 'checkpoint', 'fingerprint (SHA-256)'],
      donors.map(({ name, checkpoint, fingerprint }) => [name, checkpoint, fingerprint]),
    ),
    'A fingerprint is taken over file names, sizes, headers and a 4 KiB sample of every tensor.',
    '## What went where',
    table(
      ['part', 'made of', 'tensors', 'bytes'],
      summarizePlan(plan).map(({ what, made, tensors, bytes }) => [
        what,
        made,
        String(tensors),
        String(bytes),
      ]),
    ),
    'Tensors of one donor are its stored bytes, unchanged. Interpolated tensors are (1 − α)·A + α·B in float32, ' +
      'rounded once to the stored dtype (to nearest, ties to even).',
    ...(recipe.edits.length > 0 ? ['## Edits, in order', bullets(recipe.edits.map(editText))] : []),
    ...(noise.length > 0
      ? ['## Noise', 'Standard deviation of each tensor before its noise.', table(['tensor', 'std'], noise)]
      : []),
    ...(files.weights.length > 0
      ? [
          '## Files',
          `Weights: ${files.weights.join(', ')}.\n\nUnchanged from ${recipe.rest.frame}: ${files.unchanged.join(', ')}.`,
        ]
      : []),
    ...(plan.changed.length > 0
      ? [`Changed from ${recipe.rest.frame}:`, bullets(plan.changed.map(changeText))]
      : []),
    ...(plan.unknown.length > 0
      ? [
          `## Tensors that are no part of the model\n\nCarried over from ${recipe.rest.frame}.`,
          names(plan.unknown),
        ]
      : []),
    ...left.map(
      ({ name, leftBehind }) => `## Tensors that only ${name} has\n\nLeft behind.\n\n${names(leftBehind)}`,
    ),
    ...(plan.notices.length > 0 ? ['## Notices', bullets(plan.notices)] : []),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** "config.json: …", in a sentence. */
export function changeText({ name, changes }: ChangedFile): string {
  return `${name}: ${changes.join(' ')}`;
}

/** In thirds where they say it, as recipes are usually written. */
function regionsOf(recipe: Recipe): { readonly blocks: string; readonly cuts: readonly number[] } {
  const printed = printBlocks(recipe, thirds(recipe.layers.length));
  return printed.blocks.includes(':') ? printed : { ...printed, cuts: [] };
}

function names(list: readonly string[]): string {
  const more = list.length - NAMES;
  return bullets([...list.slice(0, NAMES), ...(more > 0 ? [`and ${more} more`] : [])]);
}

/** "layers 10–18, MLP: interpolated with RL, α = 0.3". */
export function editText(edit: Edit): string {
  if (edit.kind === 'interpolate-rest') {
    const pieces = edit.pieces.map((piece) => PIECE_NAMES[piece].toLowerCase()).join(', ');
    return `${pieces}: interpolated with ${edit.donor}, α = ${edit.alpha}`;
  }
  const { first, last } = edit.layers;
  const layers = first === last ? `layer ${first}` : `layers ${first}–${last}`;
  const where = edit.part === 'all' ? layers : `${layers}, ${edit.part === 'mlp' ? 'MLP' : edit.part}`;
  if (edit.kind === 'replace') return `${where}: from ${edit.donor}`;
  if (edit.kind === 'interpolate') return `${where}: interpolated with ${edit.donor}, α = ${edit.alpha}`;
  return `${where}: noise, r = ${edit.ratio}, seed ${edit.seed}`;
}
