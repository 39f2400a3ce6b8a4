/** A recipe as a JSON file: what the export writes beside the weights, and "Open recipe" reads. */
import { parseJson, isJsonObject } from '../../checkpoint/json.ts';
import type { JsonObject, JsonValue } from '../../checkpoint/json.ts';
import { NamedError } from '../../named-error.ts';
import { parseBlocks } from './blocks.ts';
import type { DonorName, Edit, Part, Recipe, Rest, Span } from './recipe.ts';
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

/**
 * Reads a recipe: `layers` (a donor per layer), or `blocks` with optional `cuts`; optional `rest` (all of it or some
 * fields; what is missing is the frame's, by default the first layer's donor) and `edits`.
 *
 * @param layers LLM layers of the model
 * @throws NamedError `InvalidRecipe` (with the field), `WrongDepth`, and those of `parseJson` and `parseBlocks`
 */
export function readRecipe(bytes: Uint8Array, file: string, layers: number): RecipeFile {
  const root = parseJson(bytes, file);
  const wrong = (field: string, what: string): NamedError =>
    new NamedError(
      'InvalidRecipe',
      what,
      { file, field },
      'see the documentation of the stitcher for the form',
    );
  if (!isJsonObject(root) || root.get('format') !== FORMAT) {
    throw wrong('format', `it is not "${FORMAT}"`);
  }
  if (root.get('version') !== VERSION) throw wrong('version', `only version ${VERSION} is known`);
  const reader = new RecipeReader(file, layers, wrong);
  reader.checkFields(
    root,
    ['format', 'version', 'donors', 'layers', 'blocks', 'cuts', 'rest', 'edits', 'chatTemplate', 'changed'],
    '',
  );
  const stitched = reader.layers(root);
  const [first] = stitched as [DonorName];
  return {
    recipe: {
      layers: stitched,
      rest: reader.rest(root.get('rest'), first),
      edits: reader.edits(root.get('edits')),
      ...reader.chatTemplate(root.get('chatTemplate')),
    },
    donors: reader.donors(root.get('donors')),
  };
}

/** What an edit of each kind consists of, besides its kind. */
const FIELDS: ReadonlyMap<JsonValue | undefined, readonly string[]> = new Map([
  ['replace', ['layers', 'part', 'donor']],
  ['interpolate', ['layers', 'part', 'donor', 'alpha']],
  ['interpolate-rest', ['pieces', 'donor', 'alpha']],
  ['noise', ['layers', 'part', 'ratio', 'seed']],
]);

type Wrong = (field: string, what: string) => NamedError;

class RecipeReader {
  readonly #file: string;
  readonly #layers: number;
  readonly #wrong: Wrong;

  constructor(file: string, layers: number, wrong: Wrong) {
    this.#file = file;
    this.#layers = layers;
    this.#wrong = wrong;
  }

  /** A misspelt field would be no error otherwise, but another merge. */
  checkFields(object: JsonObject, known: readonly string[], place: string): void {
    const other = [...object.keys()].find((name) => !known.includes(name));
    if (other !== undefined) throw this.#wrong(`${place}${other}`, `it is not one of ${known.join(', ')}`);
  }

  layers(root: JsonObject): readonly DonorName[] {
    const [list, blocks, cuts] = [root.get('layers'), root.get('blocks'), root.get('cuts')];
    if (typeof blocks === 'string' && list === undefined) {
      const names = [...new Set(blocks.split(':').map((name) => name.trim()))];
      return parseBlocks(blocks, names, this.#layers, cuts === undefined ? undefined : this.#numbers(cuts))
        .layers;
    }
    if (!Array.isArray(list) || blocks !== undefined) {
      throw this.#wrong('layers', 'either layers (a list of donors) or blocks (as "IN:RL:RL") is wanted');
    }
    if (list.length !== this.#layers) {
      throw new NamedError(
        'WrongDepth',
        `the recipe is for ${list.length} LLM layers, the model has ${this.#layers}`,
        { file: this.#file, field: 'layers' },
        'open checkpoints of the model it was written for',
      );
    }
    return list.map((donor: JsonValue) => this.#donor(donor, 'layers'));
  }

  rest(value: JsonValue | undefined, first: DonorName): Rest {
    if (value === undefined) return restFrom(first);
    if (!isJsonObject(value)) throw this.#wrong('rest', 'it is not an object');
    this.checkFields(value, PIECES, 'rest.');
    const read = (field: keyof Rest, otherwise: DonorName): DonorName => {
      const donor = value.get(field);
      return donor === undefined ? otherwise : this.#donor(donor, `rest.${field}`);
    };
    const frame = read('frame', first);
    return {
      frame,
      visionTower: read('visionTower', frame),
      projector: read('projector', frame),
      head: read('head', frame),
    };
  }

  edits(value: JsonValue | undefined): readonly Edit[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw this.#wrong('edits', 'it is not a list');
    return value.map((edit: JsonValue, i) => this.#edit(edit, `edits.${i}`));
  }

  chatTemplate(value: JsonValue | undefined): Pick<Recipe, 'chatTemplate'> {
    if (value === undefined) return {};
    if (typeof value !== 'string') throw this.#wrong('chatTemplate', 'it is not a text');
    return { chatTemplate: value };
  }

  donors(value: JsonValue | undefined): ReadonlyMap<DonorName, DonorRecord> {
    const donors = new Map<DonorName, DonorRecord>();
    if (value === undefined) return donors;
    if (!isJsonObject(value)) throw this.#wrong('donors', 'it is not an object');
    for (const [name, record] of value) {
      const [checkpoint, fingerprint] = isJsonObject(record)
        ? [record.get('checkpoint'), record.get('fingerprint')]
        : [];
      if (typeof checkpoint !== 'string' || typeof fingerprint !== 'string') {
        throw this.#wrong(`donors.${name}`, 'checkpoint and fingerprint are not strings');
      }
      donors.set(name, { checkpoint, fingerprint });
    }
    return donors;
  }

  #edit(value: JsonValue, field: string): Edit {
    if (!isJsonObject(value)) throw this.#wrong(field, 'it is not an object');
    const [kind, part] = [value.get('kind'), value.get('part') ?? 'all'];
    const fields = FIELDS.get(kind);
    if (fields) this.checkFields(value, ['kind', ...fields], `${field}.`);
    if (kind === 'interpolate-rest') return this.#restEdit(value, field);
    if (!PARTS.includes(part as Part))
      throw this.#wrong(`${field}.part`, `it is not one of ${PARTS.join(', ')}`);
    const where = { layers: this.#span(value.get('layers'), `${field}.layers`), part: part as Part };
    if (kind === 'noise') {
      const ratio = this.#share(value.get('ratio'), `${field}.ratio`);
      return { kind, ...where, ratio, seed: this.#seed(value.get('seed'), `${field}.seed`) };
    }
    if (kind !== 'replace' && kind !== 'interpolate') {
      throw this.#wrong(`${field}.kind`, 'it is not one of replace, interpolate, interpolate-rest, noise');
    }
    const donor = this.#donor(value.get('donor'), `${field}.donor`);
    if (kind === 'replace') return { kind, ...where, donor };
    return { kind, ...where, donor, alpha: this.#share(value.get('alpha'), `${field}.alpha`) };
  }

  #restEdit(value: JsonObject, field: string): Edit {
    const pieces = value.get('pieces');
    if (!Array.isArray(pieces) || !pieces.every((piece: JsonValue) => PIECES.includes(piece as keyof Rest))) {
      throw this.#wrong(`${field}.pieces`, `it is not a list of ${PIECES.join(', ')}`);
    }
    return {
      kind: 'interpolate-rest',
      pieces: pieces as (keyof Rest)[],
      donor: this.#donor(value.get('donor'), `${field}.donor`),
      alpha: this.#share(value.get('alpha'), `${field}.alpha`),
    };
  }

  #span(value: JsonValue | undefined, field: string): Span {
    if (!isJsonObject(value)) throw this.#wrong(field, 'it is not a {first, last}');
    const [first, last] = [value.get('first'), value.get('last')];
    if (!(isCount(first) && isCount(last) && first >= 1 && first <= last && last <= this.#layers)) {
      throw this.#wrong(field, `it is not a range of layers from 1 to ${this.#layers}, first to last`);
    }
    return { first, last };
  }

  #donor(value: JsonValue | undefined, field: string): DonorName {
    if (typeof value === 'string' && value.trim() !== '') return value;
    throw this.#wrong(field, 'it is not the name of a donor');
  }

  #share(value: JsonValue | undefined, field: string): number {
    if (typeof value === 'number' && value >= 0 && value <= 1) return value;
    throw this.#wrong(field, 'it is not a number from 0 to 1');
  }

  #seed(value: JsonValue | undefined, field: string): number {
    if (isCount(value) && value < 2 ** 32) return value;
    throw this.#wrong(field, 'it is not an integer from 0 to 4294967295');
  }

  #numbers(value: JsonValue): readonly number[] {
    if (Array.isArray(value) && value.every((item: JsonValue) => typeof item === 'number'))
      return value as number[];
    throw this.#wrong('cuts', 'it is not a list of numbers');
  }
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
