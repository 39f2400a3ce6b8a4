/** mergekit's YAML as a recipe, as far as recipes go: `passthrough` and `linear` over checkpoints of one depth. */
import { EMBEDDINGS, FINAL_NORM, HEAD, type LayerPart } from '../../checkpoint/tensor-place.ts';
import type { VlmConfig } from '../../vlm/config.ts';
import { canRun, type AnyConfig } from '../../vlm/weights-folder.ts';
import { expectedWeights } from '../../vlm/weights.ts';
import { placementOf } from '../plan/placement.ts';
import type { DonorName, Recipe, Rest } from '../recipe/recipe.ts';
import { MergekitFile } from './configuration.ts';
import { larger, layerEdits, restEdits, same } from './edits.ts';
import type { Fields } from './fields.ts';
import type { ModuleName, Shares } from './weights.ts';
import {
  DESCRIBED_MERGERS,
  gradientAt,
  LAYER_PARTS,
  layerTensors,
  leftBehind,
  MODULES,
  notInMergekit,
} from './weights.ts';
import { readYaml } from './yaml.ts';

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
 * @throws NamedError `InvalidMergekit` for what is no such configuration, `OverLimit`, `NotARecipe` (with the reason) for what
 * mergekit can and a recipe cannot, `UnknownDonor`
 */
export function readMergekit(
  text: string,
  file: string,
  config: AnyConfig,
  donorOf: (model: string) => DonorName | null,
): ReadMergekit {
  if (!canRun(config)) throw notInMergekit(config.modelType, file);
  const document = readYaml(text, file);
  return new MergekitReader(new MergekitFile(document, file, donorOf), config).read();
}

class MergekitReader {
  readonly #file: MergekitFile;
  readonly #config: VlmConfig;
  readonly #layerTensors: readonly (readonly string[])[];

  constructor(file: MergekitFile, config: VlmConfig) {
    this.#file = file;
    this.#config = config;
    this.#layerTensors = layerTensors(config);
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
    const [first, last] = [text[0] as Slice, text.at(-1) as Slice];
    const frame = this.#shares(first, 0, EMBEDDINGS, 0);
    // mergekit 0.1.5 looks both up at the beginning of the last slice's gradient, not at its end, and takes as many of
    // its models as the first slice has.
    const end = { ...last, sources: last.sources.slice(0, first.sources.length) };
    const head = this.#shares(end, layers - 1, FINAL_NORM, 0);
    const untied = expectedWeights(this.#config).some(({ name }) => name === HEAD);
    if (untied && !same(head, this.#shares(end, layers - 1, HEAD, 0))) {
      throw this.#file.refusal('final norm and lm_head have different weights', 'modules.text_decoder');
    }
    // Config and tokenizer are the base model's there, and the frame's here.
    const base = this.#file.baseDonor();
    const frameDonor = base !== null && frame.has(base) ? base : larger(frame);
    const pieces: Readonly<Record<keyof Rest, Shares>> = {
      frame,
      head,
      projector: this.#whole(slices.get('multi_modal_projector'), 'projector', frameDonor),
      visionTower: this.#whole(slices.get('vision_tower'), 'visionTower', frameDonor),
    };
    const rest = {
      frame: frameDonor,
      visionTower: larger(pieces.visionTower),
      projector: larger(pieces.projector),
      head: larger(pieces.head),
    };
    this.#checkTokenizer(rest.frame);
    const { chatTemplate } = this.#file.tokenizer;
    return {
      recipe: {
        layers: donors,
        rest,
        edits: [...layerEdits(made, donors), ...restEdits(pieces, rest)],
        ...(chatTemplate === null ? {} : { chatTemplate }),
      },
      notices: [
        ...this.#file.notices,
        ...this.#otherBase(rest.frame),
        ...this.#absent(slices),
        ...this.#leftBehind(),
      ],
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
    if (!modules.has('text_decoder')) throw this.#file.invalid('it has no text_decoder', 'modules');
    return modules;
  }

  #slices(fields: Fields, module: ModuleName): readonly Slice[] {
    const inherited = [fields, this.#file.root].flatMap((of) => of.object('parameters') ?? []);
    const models = fields.list('models');
    const depth = this.#depth(module);
    if (models) {
      const sources = this.#file.distinct(this.#file.withBase(models));
      return [{ sources, offset: 0, layers: depth, parameters: inherited }];
    }
    let offset = 0;
    return (fields.list('slices') ?? []).map((slice) => {
      const sources = this.#file.distinct(slice.list('sources') ?? []);
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
    if (module === 'vision_tower') return this.#config.vision.depth;
    return this.#config.vision.deepstackBlocks ? DESCRIBED_MERGERS : 1;
  }

  /** Shares of each part of LLM layer `layer` (1 … L); all tensors of a part must agree. */
  #layer(slices: readonly Slice[], layer: number): Readonly<Record<LayerPart, Shares>> {
    const slice = slices.find(({ offset, layers }) => layer <= offset + layers) as Slice;
    const at = layer - 1 - slice.offset;
    const gradient = slice.layers > 1 ? at / (slice.layers - 1) : 1;
    const names = this.#layerTensors[layer - 1] ?? [];
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
  #whole(
    slices: readonly Slice[] | undefined,
    piece: 'projector' | 'visionTower',
    otherwise: DonorName,
  ): Shares {
    const [slice, more] = slices ?? [];
    if (!slice) return new Map([[otherwise, 1]]);
    const { depth: blocks, deepstackBlocks } = this.#config.vision;
    // A slice of a projector without layers is all of it, whatever its range.
    const layered = piece === 'visionTower' || deepstackBlocks !== undefined;
    const module = piece === 'visionTower' ? 'vision_tower' : 'multi_modal_projector';
    if (more || (layered && slice.layers !== this.#depth(module))) {
      throw this.#file.refusal('the vision tower and the projector are taken whole', 'slices');
    }
    const names = expectedWeights(this.#config)
      .map(({ name }) => name)
      .filter((name) => {
        const placement = placementOf(name);
        return placement.kind === 'rest' && placement.piece === piece;
      });
    const [first, ...others] = names.map((name) => this.#shares(slice, 0, name, gradientAt(name, blocks)));
    if (others.some((other) => !same(other, first as Shares))) {
      const what = `filters or a gradient tell tensors of the ${piece === 'projector' ? 'projector' : 'vision tower'} apart, and here it is taken whole`;
      throw this.#file.refusal(what, 'weight');
    }
    return first as Shares;
  }

  #shares(slice: Slice, layer: number, tensor: string, gradient: number): Shares {
    return this.#file.shares(slice.sources, slice.parameters, { layer, tensor, gradient });
  }

  /** Embeddings are read with the tokenizer of their own checkpoint. */
  #checkTokenizer(frame: DonorName): void {
    const { source } = this.#file.tokenizer;
    if (source === null || this.#file.donorOf(source.model) === frame) return;
    const what = `the tokenizer of ${source.model.path} would stand beside embeddings of ${frame}`;
    throw this.#file.refusal(what, source.field);
  }

  #otherBase(frame: DonorName): readonly string[] {
    const { baseModel } = this.#file;
    if (baseModel === null || this.#file.baseDonor() === frame) return [];
    return [
      `base_model: ${baseModel} would give config and tokenizer; here ${frame} does, which gives the embeddings.`,
    ];
  }

  #leftBehind(): readonly string[] {
    const notice = leftBehind(this.#config.vision.deepstackBlocks?.length);
    return notice === null ? [] : [notice];
  }

  #absent(modules: ReadonlyMap<ModuleName, unknown>): readonly string[] {
    return MODULES.filter((name) => !modules.has(name)).map(
      (name) => `The file says nothing of ${name}: it is taken from the donor of the embeddings.`,
    );
  }
}
