/** A recipe in mergekit's YAML, checked against mergekit 0.1.5 (see docs/stitcher.md). */
import { EMBEDDINGS, FINAL_NORM, HEAD, type LayerPart } from '../../checkpoint/tensor-place.ts';
import { stringify } from 'yaml';
import { NamedError } from '../../named-error.ts';
import type { DonorName, Recipe } from '../recipe/recipe.ts';
import { donorsOf, givesLayersOnly } from '../recipe/recipe.ts';
import type { Shares } from './weights.ts';
import {
  DESCRIBED_MERGERS,
  LAYER_FILTERS,
  LAYER_PARTS,
  leftBehind,
  operationOn,
  partOperation,
  sharesOf,
} from './weights.ts';

export interface MergekitOptions {
  /** What each donor is called there: a path, or a name on the hub. */
  readonly models: ReadonlyMap<DonorName, string>;
  /** Of computed tensors, in PyTorch's words: that of the frame's weights. */
  readonly outDtype: 'bfloat16' | 'float16' | 'float32';
  /** How many DeepStack mergers the model has; left out: its architecture has no list of them. */
  readonly deepstackMergers?: number | undefined;
}

/** A conditional parameter: the first whose filter is part of the tensor's name counts. */
interface Conditional {
  readonly filter?: string;
  readonly value: number;
}
interface Input {
  readonly model: string;
  readonly layer_range?: readonly [number, number];
  readonly parameters?: { readonly weight: number | readonly Conditional[] };
}

/**
 * Writes a recipe as mergekit configuration: `passthrough` where whole layers change hands and everything else is one
 * donor's, else `linear` with weights and filters, in float32 and rounded once. The models have three modules there, so that
 * `slices` stand under `modules`; embeddings follow the first slice, final norm and head the last. Where another donor has
 * the first or the last layer, a slice of no layers stands there: `linear` would ask for embeddings of one size.
 *
 * @throws NamedError `NotInMergekit` for noise, for a donor without a model name, for two of the same name, or for a model with
 * fewer DeepStack mergers than mergekit asks for
 */
export function writeMergekit(recipe: Recipe, options: MergekitOptions): string {
  for (const donor of donorsOf(recipe)) {
    if (options.models.has(donor)) continue;
    throw refusal(`nothing says what ${donor} is called there`, 'give a path or a name on the hub');
  }
  const called = donorsOf(recipe).map((donor) => options.models.get(donor) as string);
  const twice = called.find((model, i) => called.indexOf(model) !== i);
  if (twice !== undefined) {
    throw refusal(`two donors are called ${twice} there`, 'rename one of the folders and open it again');
  }
  const { deepstackMergers: mergers } = options;
  if (mergers !== undefined && mergers < DESCRIBED_MERGERS) {
    const what = `mergekit asks for visual.deepstack_merger_list.${mergers}.*, which the model does not have`;
    throw refusal(what, 'export the folder, or the recipe as JSON');
  }
  const left = leftBehind(mergers);
  const { chatTemplate } = recipe;
  const config = {
    ...(givesLayersOnly(recipe) ? passthrough(recipe, options) : linear(recipe, options)),
    ...(chatTemplate === undefined ? {} : { chat_template: chatTemplate }),
  };
  const head = [
    ` Merge recipe from Frankenscope: ${recipe.layers.length} LLM layers.`,
    mergers === undefined
      ? ' mergekit 0.1.5 knows these weights in the older spelling only (model.layers.*, visual.*)'
      : ' mergekit 0.1.5 knows these weights in the newer spelling only (model.language_model.*, model.visual.*)',
    ' and leaves tensors behind that are no part of its description of the model.',
    ...(left === null ? [] : [` ${left}`]),
  ];
  return `${head.map((line) => `#${line}\n`).join('')}${stringify(config, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

function passthrough({ layers, rest }: Recipe, { models }: MergekitOptions): object {
  const model = (donor: DonorName): string => models.get(donor) as string;
  const whole = { models: [{ model: model(rest.frame) }] };
  const slice = (donor: DonorName, first: number, end: number): object => ({
    sources: [{ model: model(donor), layer_range: [first, end] }],
  });
  const depth = layers.length;
  const slices = [
    ...(layers[0] === rest.frame ? [] : [slice(rest.frame, 0, 0)]),
    ...runs(layers, (donor) => donor).map(({ first, last }) =>
      slice(layers[first - 1] as DonorName, first - 1, last),
    ),
    ...(layers.at(-1) === rest.frame ? [] : [slice(rest.frame, depth, depth)]),
  ];
  return {
    modules: { text_decoder: { slices }, multi_modal_projector: whole, vision_tower: whole },
    merge_method: 'passthrough',
    base_model: model(rest.frame),
  };
}

function linear(recipe: Recipe, { models, outDtype }: MergekitOptions): object {
  const donors = donorsOf(recipe);
  const inputs = (
    weightOf: (donor: DonorName) => number | readonly Conditional[],
    range?: readonly [number, number],
  ) =>
    donors.map((donor): Input => ({
      model: models.get(donor) as string,
      ...(range ? { layer_range: range } : {}),
      parameters: { weight: weightOf(donor) },
    }));
  const piece = (sample: string): object => {
    const shares = sharesFor(operationOn(recipe, sample), sample);
    return { models: inputs((donor) => shares.get(donor) ?? 0) };
  };

  const layers = recipe.layers.map((_, i) => layerShares(recipe, i + 1));
  const found = runs(layers, (shares) => JSON.stringify(LAYER_PARTS.map((part) => [...shares[part]])));
  const slices = found.map(({ first, last }) => {
    const shares = layers[first - 1] as LayerShares;
    const ends = [
      ...(first === 1 ? ['embed_tokens'] : []),
      ...(last === layers.length ? ['model.norm', 'lm_head'] : []),
    ].map((filter) => ({ filter, shares: sharesFor(operationOn(recipe, ENDS[filter] as string), filter) }));
    const weightOf = (donor: DonorName) =>
      weight([
        ...ends.map((end) => ({ filter: end.filter, value: end.shares.get(donor) ?? 0 })),
        ...LAYER_PARTS.map((part) => ({ filter: LAYER_FILTERS[part], value: shares[part].get(donor) ?? 0 })),
      ]);
    return { sources: inputs(weightOf, [first - 1, last]) };
  });
  return {
    modules: {
      text_decoder: { slices },
      multi_modal_projector: piece('visual.merger.ln_q.weight'),
      vision_tower: piece('visual.patch_embed.proj.weight'),
    },
    merge_method: 'linear',
    base_model: models.get(recipe.rest.frame) as string,
    // The weights of a tensor add up to 1 here; dividing by their float32 sum would round once more.
    parameters: { normalize: false },
    dtype: 'float32',
    out_dtype: outDtype,
  };
}

const ENDS: Readonly<Record<string, string>> = {
  embed_tokens: EMBEDDINGS,
  'model.norm': FINAL_NORM,
  lm_head: HEAD,
};

type LayerShares = Readonly<Record<LayerPart, Shares>>;

function layerShares(recipe: Recipe, layer: number): LayerShares {
  const shares = (part: LayerPart): Shares => sharesFor(partOperation(recipe, layer, part), `layer ${layer}`);
  return { attention: shares('attention'), mlp: shares('mlp'), other: shares('other') };
}

function sharesFor(operation: Parameters<typeof sharesOf>[0], where: string): Shares {
  const shares = sharesOf(operation);
  if (shares) return shares;
  throw refusal(`noise (${where}) has no merge method there`, 'export the folder, or the recipe as JSON');
}

/** One number where all values agree, else a condition each; the most frequent value is the last, without a filter. */
function weight(conditions: readonly Required<Conditional>[]): number | readonly Conditional[] {
  const count = (value: number): number => conditions.filter((one) => one.value === value).length;
  const [usual = 0] = conditions.map(({ value }) => value).toSorted((a, b) => count(b) - count(a));
  const others = conditions.filter(({ value }) => value !== usual);
  return others.length === 0 ? usual : [...others, { value: usual }];
}

function runs<T>(values: readonly T[], key: (value: T) => string): { first: number; last: number }[] {
  const found: { first: number; last: number }[] = [];
  values.forEach((value, i) => {
    const open = found.at(-1);
    if (open && key(values[i - 1] as T) === key(value)) open.last = i + 1;
    else found.push({ first: i + 1, last: i + 1 });
  });
  return found;
}

function refusal(what: string, remedy: string): NamedError {
  return new NamedError('NotInMergekit', what, {}, remedy);
}
