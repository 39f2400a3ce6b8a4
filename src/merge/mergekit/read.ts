/** mergekit's YAML as a recipe, as far as recipes go: `passthrough` and `linear` over checkpoints of one depth. */
import { parse } from 'yaml';
import { NamedError } from '../../named-error.ts';
import type { VlmConfig } from '../../vlm/config.ts';
import { expectedWeights } from '../../vlm/weights.ts';
import { placementOf } from '../plan/placement.ts';
import type { DonorName, Edit, Recipe, Rest } from '../recipe/recipe.ts';
import type { Fields } from './configuration.ts';
import { MergekitFile } from './configuration.ts';
import type { LayerPart, ModuleName, Shares } from './weights.ts';
import { LAYER_PARTS, layerTensors, MODULES } from './weights.ts';

export interface ReadMergekit {
  readonly recipe: Recipe;
  /** What the file says that a merge here does otherwise. */
  readonly notices: readonly string[];
}

/** A slice of a module: some layers, from some models. */
interface Slice {
  readonly sources: readonly Fields[];
  /** Layers of this module before it. */
  readonly offset: number;
  readonly layers: number;
  readonly parameters: readonly Fields[];
}

/**
 * Reads a mergekit configuration for the model of `config`. Weights may be numbers, gradients over a slice, or lists
 * with filters; of one tensor at most two models may have a weight.
 *
 * @param donorOf the opened checkpoint behind a model's path or hub name; null when there is none
 * @throws NamedError `InvalidMergekit` for what is no such configuration, `NotARecipe` (with the reason) for what
 * mergekit can and a recipe cannot, `UnknownDonor`
 */
export function readMergekit(
  text: string,
  file: string,
  config: VlmConfig,
  donorOf: (model: string) => DonorName | null,
): ReadMergekit {
  let document: unknown;
  try {
    document = parse(text);
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new NamedError('InvalidMergekit', what, { file }, 'give a mergekit configuration in YAML', {
      cause,
    });
  }
  return new MergekitReader(new MergekitFile(document, file, donorOf), config).read();
}

class MergekitReader {
  readonly #file: MergekitFile;
  readonly #config: VlmConfig;

  constructor(file: MergekitFile, config: VlmConfig) {
    this.#file = file;
    this.#config = config;
  }

  read(): ReadMergekit {
    const slices = this.#modules();
    const text = slices.get('text_decoder') ?? [];
    const layers = this.#config.text.layers;
    const covered = text.reduce((sum, slice) => sum + slice.layers, 0);
    if (covered !== layers) {
      throw this.#file.refusal(`its slices make ${covered} LLM layers of ${layers}`, 'modules.text_decoder');
    }
    const made = Array.from({ length: layers }, (_, i) => this.#layer(text, i + 1));
    const donors = made.map((parts) => larger(parts.other));
    const ends = { frame: 'model.embed_tokens.weight', head: 'model.norm.weight' };
    const frame = this.#shares(text[0] as Slice, 0, ends.frame, 0);
    const head = this.#shares(text.at(-1) as Slice, layers - 1, ends.head, 1);
    const untied = expectedWeights(this.#config).some(({ name }) => name === 'lm_head.weight');
    if (untied && !same(head, this.#shares(text.at(-1) as Slice, layers - 1, 'lm_head.weight', 1))) {
      throw this.#file.refusal('final norm and lm_head have different weights', 'modules.text_decoder');
    }
    const pieces: Readonly<Record<keyof Rest, Shares>> = {
      frame,
      head,
      projector: this.#whole(slices.get('multi_modal_projector'), 'visual.merger.', frame),
      visionTower: this.#whole(slices.get('vision_tower'), 'visual.', frame),
    };
    const rest = {
      frame: larger(pieces.frame),
      visionTower: larger(pieces.visionTower),
      projector: larger(pieces.projector),
      head: larger(pieces.head),
    };
    return {
      recipe: { layers: donors, rest, edits: [...layerEdits(made, donors), ...restEdits(pieces, rest)] },
      notices: [...this.#file.notices, ...this.#absent(slices)],
    };
  }

  /** The slices of each module, whichever of the three forms the file has. */
  #modules(): ReadonlyMap<ModuleName, readonly Slice[]> {
    const { root } = this.#file;
    const given = root.object('modules');
    const modules = new Map<ModuleName, readonly Slice[]>();
    if (!given) {
      modules.set('text_decoder', this.#slices(root, 'text_decoder'));
      // Slices speak of the one module that models of other kinds have; whole models of all three.
      if (root.has('models')) for (const name of MODULES) modules.set(name, this.#slices(root, name));
      return modules;
    }
    for (const name of given.names()) {
      if (!(MODULES as readonly string[]).includes(name)) {
        throw this.#file.refusal(`the model has no module ${name}, it has ${MODULES.join(', ')}`, 'modules');
      }
      modules.set(name as ModuleName, this.#slices(given.object(name) as Fields, name as ModuleName));
    }
    if (!modules.has('text_decoder')) throw this.#file.invalid('no text_decoder', 'modules');
    return modules;
  }

  #slices(fields: Fields, module: ModuleName): readonly Slice[] {
    const inherited = [fields, this.#file.root].flatMap((of) => of.object('parameters') ?? []);
    const models = fields.list('models');
    const depth = this.#depth(module);
    if (models) return [{ sources: models, offset: 0, layers: depth, parameters: inherited }];
    let offset = 0;
    return (fields.list('slices') ?? []).map((slice) => {
      const sources = slice.list('sources') ?? [];
      const ranges = sources.map((source) => source.range('layer_range'));
      const [range] = ranges;
      if (!range) throw this.#file.invalid('a slice without sources', 'sources');
      for (const [start, end] of ranges) {
        if (start === offset && end === range[1]) continue;
        const what = `layers ${start} to ${end} of a model would become layers ${offset} and on`;
        throw this.#file.refusal(`${what}; here a layer keeps its place`, 'layer_range');
      }
      const own = slice.object('parameters');
      const made = {
        sources,
        offset,
        layers: range[1] - range[0],
        parameters: [...(own ? [own] : []), ...inherited],
      };
      offset += made.layers;
      return made;
    });
  }

  #depth(module: ModuleName): number {
    if (module === 'text_decoder') return this.#config.text.layers;
    return module === 'vision_tower' ? this.#config.vision.depth : 1;
  }

  /** Shares of each part of LLM layer `layer` (1 … L); all tensors of a part must agree. */
  #layer(slices: readonly Slice[], layer: number): Readonly<Record<LayerPart, Shares>> {
    const slice = slices.find(({ offset, layers }) => layer <= offset + layers) as Slice;
    const at = layer - 1 - slice.offset;
    const gradient = slice.layers > 1 ? at / (slice.layers - 1) : 1;
    const names = layerTensors(this.#config, layer);
    const parts = LAYER_PARTS.map((part) => {
      const own = names.filter((name) => {
        const placement = placementOf(name);
        return placement.kind === 'layer' && placement.part === part;
      });
      const [shares, ...others] = own.map((name) => this.#shares(slice, layer - 1, name, gradient));
      const odd = others.findIndex((other) => !same(other, shares as Shares));
      if (odd >= 0) {
        throw this.#file.refusal(`${own[odd + 1]} has other weights than the rest of its ${part}`, 'filter');
      }
      return [part, shares as Shares] as const;
    });
    return Object.fromEntries(parts) as Record<LayerPart, Shares>;
  }

  /** Shares of a module that recipes take whole. */
  #whole(slices: readonly Slice[] | undefined, prefix: string, otherwise: Shares): Shares {
    const [slice, more] = slices ?? [];
    if (!slice) return onlyFrom(larger(otherwise));
    if (more) throw this.#file.refusal('the vision tower and the projector are taken whole', 'slices');
    const names = expectedWeights(this.#config)
      .map(({ name }) => name)
      .filter(
        (name) => name.startsWith(prefix) && (prefix !== 'visual.' || !name.startsWith('visual.merger.')),
      );
    const [first, ...others] = names.map((name) => this.#shares(slice, 0, name, 0));
    if (others.some((other) => !same(other, first as Shares))) {
      throw this.#file.refusal('filters tell tensors of it apart, and here it is taken whole', `${prefix}*`);
    }
    return first as Shares;
  }

  #shares(slice: Slice, layer: number, tensor: string, gradient: number): Shares {
    return this.#file.shares(slice.sources, slice.parameters, { layer, tensor, gradient });
  }

  #absent(modules: ReadonlyMap<ModuleName, unknown>): readonly string[] {
    return MODULES.filter((name) => !modules.has(name)).map(
      (name) => `The file says nothing of ${name}: it is taken from the donor of the embeddings.`,
    );
  }
}

function onlyFrom(donor: DonorName): Shares {
  return new Map([[donor, 1]]);
}

/** The donor with the larger share; of equal ones the first. */
function larger(shares: Shares): DonorName {
  const [first, second] = [...shares];
  return second && second[1] > (first?.[1] ?? 0) ? second[0] : (first?.[0] ?? '');
}

/** What the other donor of a pair gives, as interpolation towards it. */
function blend(shares: Shares, donor: DonorName): { donor: DonorName; alpha: number } | null {
  const other = [...shares].find(([name]) => name !== donor);
  return other ? { donor: other[0], alpha: other[1] } : null;
}

function same(a: Shares, b: Shares): boolean {
  return a.size === b.size && [...a].every(([donor, share]) => b.get(donor) === share);
}

/** Neighbouring layers with equal needs share an edit. */
function layerEdits(
  made: readonly Readonly<Record<LayerPart, Shares>>[],
  donors: readonly DonorName[],
): readonly Edit[] {
  const edits: Edit[] = [];
  made.forEach((parts, i) => {
    const donor = donors[i] as DonorName;
    const alike = same(parts.attention, parts.mlp) && same(parts.mlp, parts.other);
    const wanted = alike
      ? ([['all', parts.other]] as const)
      : LAYER_PARTS.map((part) => [part, parts[part]] as const);
    const layers = { first: i + 1, last: i + 1 };
    // Norms alone are no part of a recipe: what they get is said of the whole layer first, then the parts differ.
    const whole = alike ? null : blend(parts.other, donor);
    if (whole) {
      edits.push({ kind: 'interpolate', layers, part: 'all', ...whole });
    }
    for (const [part, shares] of wanted) {
      if (part === 'other' || (whole && same(shares, parts.other))) continue;
      const from = larger(shares);
      if (from !== donor || whole) edits.push({ kind: 'replace', layers, part, donor: from });
      const mixed = blend(shares, from);
      if (mixed) edits.push({ kind: 'interpolate', layers, part, ...mixed });
    }
  });
  return joined(edits);
}

/** Joins equal edits of neighbouring layers, as long as each layer's own order is kept. */
function joined(edits: readonly Edit[]): readonly Edit[] {
  const groups: Edit[][] = [];
  const layerOf = (edit: Edit): number => (edit.kind === 'interpolate-rest' ? 0 : edit.layers.last);
  for (const edit of edits) {
    const open = groups.at(-1);
    if (open && layerOf(open[0] as Edit) === layerOf(edit)) open.push(edit);
    else groups.push([edit]);
  }
  const form = (group: readonly Edit[]): string =>
    JSON.stringify(group.map((edit) => ({ ...edit, layers: null })));
  const out: Edit[][] = [];
  for (const group of groups) {
    const before = out.at(-1);
    const adjoins = before && layerOf(before[0] as Edit) + 1 === layerOf(group[0] as Edit);
    if (before && adjoins && form(before) === form(group)) {
      const last = layerOf(group[0] as Edit);
      out[out.length - 1] = before.map((edit) =>
        edit.kind === 'interpolate-rest' ? edit : { ...edit, layers: { ...edit.layers, last } },
      );
    } else out.push(group);
  }
  return out.flat();
}

function restEdits(pieces: Readonly<Record<keyof Rest, Shares>>, rest: Rest): readonly Edit[] {
  const edits = new Map<string, Extract<Edit, { kind: 'interpolate-rest' }>>();
  for (const piece of Object.keys(pieces) as (keyof Rest)[]) {
    const mixed = blend(pieces[piece], rest[piece]);
    if (!mixed) continue;
    const key = JSON.stringify(mixed);
    edits.set(key, {
      kind: 'interpolate-rest',
      ...mixed,
      pieces: [...(edits.get(key)?.pieces ?? []), piece],
    });
  }
  return [...edits.values()];
}
