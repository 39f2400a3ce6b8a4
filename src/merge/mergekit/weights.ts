/** Who gives how much of what, in mergekit's terms: a weight a donor for each kind of tensor. */
import { listing } from '../../checkpoint/listing.ts';
import { tensorPlace, type LayerPart } from '../../checkpoint/tensor-place.ts';
import { NamedError } from '../../named-error.ts';
import { architectureTitles } from '../../vlm/architecture.ts';
import type { VlmConfig } from '../../vlm/config.ts';
import { canRun, type AnyConfig } from '../../vlm/weights-folder.ts';
import { expectedWeights } from '../../vlm/weights.ts';
import { operationOf } from '../plan/operation.ts';
import type { Operation } from '../plan/operation.ts';
import { placementOf } from '../plan/placement.ts';
import type { DonorName, Recipe } from '../recipe/recipe.ts';

/** mergekit's modules of Qwen2.5-VL and Qwen3-VL (`_data/architectures/qwen2_5_vl.json`, `qwen3_vl_dense.json`). */
export const MODULES = ['text_decoder', 'multi_modal_projector', 'vision_tower'] as const;
export type ModuleName = (typeof MODULES)[number];

/** mergekit's recipes name modules, and those of other architectures are not known here. */
export function notInMergekit(modelType: string, file?: string): NamedError {
  return new NamedError(
    'NotInMergekit',
    `mergekit's modules are known of ${architectureTitles()}, not of model_type ${modelType}`,
    file === undefined ? {} : { file },
    'write the recipe as blocks, or as our JSON',
  );
}

/** DeepStack mergers in mergekit 0.1.5: the layers of its projector, three whatever config.json says (`override_num_layers`). */
export const DESCRIBED_MERGERS = 3;

/** How many DeepStack mergers a model has; undefined where its architecture has no list of them. @throws NamedError `NotInMergekit` */
export function countMergers(config: AnyConfig): number | undefined {
  if (!canRun(config)) throw notInMergekit(config.modelType);
  return config.vision.deepstackBlocks?.length;
}

/** What mergekit leaves out of a model with so many DeepStack mergers, in a sentence; null where it takes all. */
export function leftBehind(mergers = 0): string | null {
  const names = Array.from({ length: mergers }, (_, i) => `visual.deepstack_merger_list.${i}.*`);
  const left = names.slice(DESCRIBED_MERGERS);
  return left.length === 0
    ? null
    : `mergekit 0.1.5 leaves ${listing(left)} behind: it knows ${DESCRIBED_MERGERS} DeepStack mergers. Export the folder to have them all.`;
}

/** Share of each donor that gives something. */
export type Shares = ReadonlyMap<DonorName, number>;

/** What tensors of one layer are told apart by, each by a word that mergekit's filters find in the tensor's name. */
export const LAYER_FILTERS = {
  attention: 'self_attn',
  mlp: 'mlp',
  other: 'layernorm',
} as const satisfies Record<LayerPart, string>;
export const LAYER_PARTS = Object.keys(LAYER_FILTERS) as readonly LayerPart[];

/** One tensor of a layer and part: recipes treat all of them alike. */
const SAMPLE: Readonly<Record<LayerPart, string>> = {
  attention: 'self_attn.q_proj.weight',
  mlp: 'mlp.up_proj.weight',
  other: 'input_layernorm.weight',
};

/** Names of every tensor of each LLM layer, layer 1 first. */
export function layerTensors(config: VlmConfig): readonly (readonly string[])[] {
  const layers = Array.from({ length: config.text.layers }, (): string[] => []);
  for (const { name } of expectedWeights(config)) {
    const placement = placementOf(name);
    if (placement.kind === 'layer') layers[placement.layer - 1]?.push(name);
  }
  return layers;
}

/** What a recipe does to a tensor, without looking for it in any checkpoint. */
export function operationOn(recipe: Recipe, name: string): Operation {
  const entry = {
    name,
    storedName: name,
    dtype: 'F32',
    shape: [],
    file: '',
    start: 0,
    end: 0,
    bytes: 0,
  } as const;
  return operationOf(recipe, name, placementOf(name), () => entry);
}

export function partOperation(recipe: Recipe, layer: number, part: LayerPart): Operation {
  return operationOn(recipe, `model.layers.${layer - 1}.${SAMPLE[part]}`);
}

/** Shares of an operation; null where there is noise, which no weights express. */
export function sharesOf(operation: Operation): Shares | null {
  const { donor } = operation.from;
  if (operation.kind === 'copy') return new Map([[donor, 1]]);
  const { mix, noise } = operation;
  if (noise) return null;
  return mix
    ? new Map([
        [donor, 1 - mix.alpha],
        [mix.with.donor, mix.alpha],
      ])
    : new Map([[donor, 1]]);
}

/**
 * Where along a slice of its module a tensor of the vision side lies: blocks and DeepStack mergers are spread over it, the MLP of a
 * projector without such counts as its last layer, and what comes before the layers lies at 0.
 */
export function gradientAt(name: string, blocks: number): number {
  const { part, block, within } = tensorPlace(name);
  if (part === 'visionBlock') return blocks > 1 ? block / (blocks - 1) : 1;
  if (part !== 'projector') return 0;
  const [, merger] = /^(\d+)\./.exec(within) ?? [];
  if (merger !== undefined) return Math.min(1, Number(merger) / (DESCRIBED_MERGERS - 1));
  return within.startsWith('mlp.') ? 1 : 0;
}
