/** A checkpoint of an architecture that is not run, opened for its weights: energy, diversity, overlap and merges need no more. */
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { readJsonFile } from '../checkpoint/small-file.ts';
import { blockCount } from '../checkpoint/tensor-place.ts';
import { noticeLines } from '../checkpoint/weight-files.ts';
import { NamedError } from '../named-error.ts';
import type { VlmConfig } from './config.ts';
import { openModelFolder, type ModelFolder, type ModelFolderOptions } from './model-folder.ts';
import { openWeights } from './stored-head.ts';

/** What is known of such a model: config.json as it is written, and counts by the tensors' names. */
export interface WeightsConfig {
  readonly modelType: string;
  readonly text: { readonly layers: number; readonly tieWordEmbeddings: boolean };
  readonly vision: { readonly depth: number };
  /** Values of config.json that decide what weights mean, by path: `text_config.num_attention_heads`. */
  readonly fields: ReadonlyMap<string, string>;
}

export type AnyConfig = VlmConfig | WeightsConfig;

export interface WeightsFolder {
  readonly checkpoint: Checkpoint;
  readonly config: WeightsConfig;
  /** As of a `ModelFolder`; the first is `why`. */
  readonly notices: readonly string[];
  /** Why the model cannot run, a sentence. */
  readonly why: string;
}

/** Whether the config is that of an architecture that runs. */
export function canRun(config: AnyConfig): config is VlmConfig {
  return 'tokens' in config;
}

/** As a person reads them; a config may hold anything. */
const LONGEST_TYPE = 100;
/** Fields whose values weights of equal shapes may disagree about, as transformers' configs spell them. */
const DECIDING =
  /(^|\.)(num_\w*heads|head_dim|hidden_act|rope_theta|rms_norm_eps|layer_norm_eps|patch_size|spatial_merge_size|downsample_ratio|num_experts_per_tok)$/;

/**
 * Opens a folder as a model, or for its weights alone where the architecture is another than those of the list.
 *
 * @throws NamedError those of `openModelFolder` and `openWeightsFolder`
 */
export async function openAnyFolder(
  files: CheckpointFiles,
  options: ModelFolderOptions,
): Promise<ModelFolder | WeightsFolder> {
  try {
    return await openModelFolder(files, options);
  } catch (error) {
    return openWeightsFolder(files, options, error);
  }
}

/**
 * Opens a folder for its weights, after `refusal` said that its architecture is not run.
 *
 * @throws what it was given where that is another failure, or where the names speak of no LLM layer; NamedError those of `openWeights`
 */
export async function openWeightsFolder(
  files: CheckpointFiles,
  { name, signal, weights }: ModelFolderOptions,
  refusal: unknown,
): Promise<WeightsFolder> {
  if (!(refusal instanceof NamedError) || refusal.name !== 'UnsupportedArchitecture') throw refusal;
  const json = await readJsonFile(files, 'config.json');
  const modelType = typeOf(json);
  if (modelType === null) throw refusal;
  const open = weights ?? (() => openWeights(files, { name, ...(signal ? { signal } : {}) }));
  const checkpoint = await open();
  const names = [...checkpoint.tensors.keys()];
  const layers = blockCount(names, 'layer');
  if (layers === 0) throw refusal;
  const why = `Its weights are read, for energy, diversity, overlap and merges; it cannot run here: ${refusal.what}.`;
  return {
    checkpoint,
    config: {
      modelType,
      // Without a head of its own there is nothing to untie.
      text: { layers, tieWordEmbeddings: checkpoint.tiedHead !== false },
      vision: { depth: blockCount(names, 'visionBlock') },
      fields: new Map(leaves(json).filter(([path]) => DECIDING.test(path))),
    },
    notices: [why, ...noticeLines(checkpoint.notices)],
    why,
  };
}

/** `model_type`, or the class where config.json has none. */
function typeOf(json: unknown): string | null {
  const { model_type: type, architectures } = json as { model_type?: unknown; architectures?: unknown };
  const found: unknown = type ?? (Array.isArray(architectures) ? architectures[0] : null);
  return typeof found === 'string' && found.length <= LONGEST_TYPE ? found : null;
}

function leaves(json: unknown, path = ''): [path: string, value: string][] {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return [[path, JSON.stringify(json)]];
  return Object.entries(json).flatMap(([key, value]) => leaves(value, path === '' ? key : `${path}.${key}`));
}
