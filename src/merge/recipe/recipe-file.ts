/** A recipe as a JSON file: what the export writes beside the weights, and "Open recipe" reads. */
import * as v from 'valibot';
import { parseJson, plainJson } from '../../checkpoint/json.ts';
import { byName, exactly, is, object, readShape, strict } from '../../json-shape.ts';
import { NamedError } from '../../named-error.ts';
import { parseBlocks } from './blocks.ts';
import type { DonorName, Recipe } from './recipe.ts';
import { PARTS, PIECES, restFrom } from './recipe.ts';

/** The name under which the export writes it. */
export const RECIPE_FILE = 'frankenscope-recipe.json';
const FORMAT = 'frankenscope-recipe';
const VERSION = 1;

/** Which checkpoint a donor was when the recipe was written. */
export interface DonorRecord {
  readonly checkpoint: string;
  readonly fingerprint: string;
}

export interface RecipeFile {
  readonly recipe: Recipe;
  /** Empty where the file names none. */
  readonly donors: ReadonlyMap<DonorName, DonorRecord>;
  /** What was changed in files of the frame's folder when the merge was written, by file; for readers, not for making it again. */
  readonly changed?: ReadonlyMap<string, readonly string[]>;
}

/** The inverse of `readRecipe`, for a model of the same depth. */
export function writeRecipe({ recipe, donors, changed = new Map() }: RecipeFile): string {
  const { layers, rest, edits, chatTemplate } = recipe;
  const file = {
    format: FORMAT,
    version: VERSION,
    donors: Object.fromEntries(donors),
    layers,
    rest,
    edits,
    ...(chatTemplate === undefined ? {} : { chatTemplate }),
    ...(changed.size > 0 ? { changed: Object.fromEntries(changed) } : {}),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

const DONOR = v.custom<DonorName>(
  (value) => typeof value === 'string' && value.trim() !== '',
  is('the name of a donor'),
);
const PART = v.nullish(v.picklist(PARTS, is(`one of ${PARTS.join(', ')}`)), 'all');
const PIECE = v.picklist(PIECES, is(`one of ${PIECES.join(', ')}`));
const whole = (from: number, to: number, wanted: string) =>
  v.custom<number>((value) => Number.isSafeInteger(value) && within(value as number, from, to), is(wanted));
const SHARE = v.custom<number>(
  (value) => typeof value === 'number' && within(value, 0, 1),
  is('a number from 0 to 1'),
);
const SEED = whole(0, 2 ** 32 - 1, 'a whole number from 0 to 4294967295');
const LAYER = whole(1, Infinity, 'the number of a layer, from 1');
const layers = v.pipe(
  exactly({ first: LAYER, last: LAYER }),
  v.check(({ first, last }) => first <= last, is('a span of layers, first to last')),
);

const EDIT = v.variant(
  'kind',
  [
    strict({ kind: v.literal('replace'), layers, part: PART, donor: DONOR }),
    strict({ kind: v.literal('interpolate'), layers, part: PART, donor: DONOR, alpha: SHARE }),
    strict({ kind: v.literal('interpolate-rest'), pieces: list(PIECE), donor: DONOR, alpha: SHARE }),
    strict({ kind: v.literal('noise'), layers, part: PART, ratio: SHARE, seed: SEED }),
  ],
  is('a kind of edit (replace, interpolate, interpolate-rest, noise)'),
);

const TEXT = v.string(is('a text'));
const RECIPE = exactly({
  format: v.literal(FORMAT, is(`"${FORMAT}"`)),
  version: v.literal(VERSION, is(`${VERSION}, the version that is known`)),
  layers: v.exactOptional(list(DONOR)),
  blocks: v.exactOptional(TEXT),
  cuts: v.exactOptional(list(v.number(is('a number')))),
  rest: v.exactOptional(
    exactly({
      frame: v.exactOptional(DONOR),
      visionTower: v.exactOptional(DONOR),
      projector: v.exactOptional(DONOR),
      head: v.exactOptional(DONOR),
    }),
  ),
  edits: v.exactOptional(list(EDIT)),
  chatTemplate: v.exactOptional(TEXT),
  donors: v.exactOptional(byName(object({ checkpoint: TEXT, fingerprint: TEXT }))),
  /** For readers, not for making it again. */
  changed: v.exactOptional(v.unknown()),
});

/**
 * Reads a recipe: `layers` (a donor per layer), or `blocks` with optional `cuts`; optional `rest` (all of it or some
 * fields; what is missing is the frame's, by default the first layer's donor) and `edits`.
 *
 * @param depth LLM layers of the model
 * @throws NamedError `InvalidRecipe` (with the field), `WrongDepth`, and those of `parseJson` and `parseBlocks`
 */
export function readRecipe(bytes: Uint8Array, file: string, depth: number): RecipeFile {
  const wrong = (what: string, field?: string): NamedError =>
    new NamedError(
      'InvalidRecipe',
      what,
      { file, ...(field === undefined ? {} : { field }) },
      'see the documentation of the stitcher for the form',
    );
  const {
    layers: list,
    blocks,
    cuts,
    ...found
  } = readShape(RECIPE, plainJson(parseJson(bytes, file)), wrong);
  if ((list === undefined) === (blocks === undefined)) {
    throw wrong('it needs either layers (a list of donors) or blocks (as "IN:RL:RL")', 'layers');
  }
  const layers = list ?? layersOf(blocks ?? '', depth, cuts);
  const [first] = layers;
  if (first === undefined || layers.length !== depth) {
    throw new NamedError(
      'WrongDepth',
      `the recipe is for ${layers.length} LLM layers, the model has ${depth}`,
      { file, field: 'layers' },
      'open checkpoints of the model it was written for',
    );
  }
  const { edits = [], donors = new Map<DonorName, DonorRecord>(), chatTemplate } = found;
  const beyond = edits.findIndex((edit) => 'layers' in edit && edit.layers.last > depth);
  if (beyond >= 0) throw wrong(`the model has layers from 1 to ${depth}`, `edits.${beyond}.layers`);
  const rest = { ...restFrom(found.rest?.frame ?? first), ...found.rest };
  return {
    recipe: { layers, rest, edits, ...(chatTemplate === undefined ? {} : { chatTemplate }) },
    donors,
  };
}

function layersOf(blocks: string, depth: number, cuts?: readonly number[]): readonly DonorName[] {
  const names = [...new Set(blocks.split(':').map((name) => name.trim()))];
  return parseBlocks(blocks, names, depth, cuts).layers;
}

function list<const Item extends v.GenericSchema>(item: Item) {
  return v.array(item, is('a list'));
}

function within(value: number, from: number, to: number): boolean {
  return value >= from && value <= to;
}
