/** A quantized merge as a folder that nobody wrote: the export copies it out, and the engine opens it as it would the copy. */
import type { ByteSource, CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { readTextFile } from '../../checkpoint/small-file.ts';
import { NamedError } from '../../named-error.ts';
import { MergedFolder, type FolderOptions } from '../folder/merged-folder.ts';
import { SHARD_BYTES } from '../folder/shards.ts';
import type { DonorFolders } from '../folder/tensor-values.ts';
import { isWeightFile } from '../output/weight-files.ts';
import type { MergePlan } from '../plan/plan.ts';
import { RECIPE_FILE } from '../recipe/recipe-file.ts';
import { writeQuantizedCard } from './card.ts';
import { quantizedConfig } from './config-text.ts';
import { ggufFiles } from './gguf-files.ts';
import { ggufKeys, type GgufKeys } from './gguf-keys.ts';
import { planQuantization } from './quantization-plan.ts';
import { RoundedParts } from './rounded-parts.ts';
import type { RoundingErrors } from './rounding-errors.ts';
import { safetensorsFiles } from './safetensors-files.ts';
import { checkScheme, encoderOf, ggufBlock, type Scheme } from './scheme.ts';

/** What makes a quantized folder of a merge: plain data. */
export interface Quantized {
  readonly scheme: Scheme;
  /** config.json as it is written; empty where GGUF files stand in its place. */
  readonly config: string;
  /** What those say of the model. */
  readonly gguf?: GgufKeys;
  /** What the card says of the loss; none before it was measured. */
  readonly errors?: RoundingErrors;
  /** What else was found, as JSON; it stands beside the card. */
  readonly report?: string;
}

const CONFIG = 'config.json';
const LICENCE = /^(?:LICENSE|NOTICE)/;

/** @throws NamedError `MissingConfig`, `InvalidConfig`, those of `checkScheme` and of reading */
export async function quantized(plan: MergePlan, folders: DonorFolders, scheme: Scheme): Promise<Quantized> {
  checkScheme(scheme);
  const merged = new MergedFolder(plan, folders);
  if (ggufBlock(scheme)) return { scheme, config: '', gguf: await ggufKeys(merged, nameOf(plan)) };
  const config = await readTextFile(merged, CONFIG);
  if (config === undefined) {
    const remedy = 'give the whole folder: readers find out there how it is quantized';
    throw new NamedError('MissingConfig', 'the folder has no config.json', { file: CONFIG }, remedy);
  }
  return { scheme, config: quantizedConfig(config, plan, planQuantization(plan, scheme), scheme) };
}

/** What the model is called: as its checkpoint, or as what it was merged of. */
function nameOf({ donors }: MergePlan): string {
  return donors.map(({ checkpoint }) => checkpoint).join(' + ');
}

export class QuantizedFolder extends Map<string, ByteSource> implements CheckpointFiles {
  readonly merged: MergedFolder;
  readonly quantized: Quantized;

  constructor(merged: MergedFolder, given: Quantized) {
    super();
    this.merged = merged;
    this.quantized = given;
    const { plan, folders, options } = merged;
    const { scheme, config, gguf, errors, report } = given;
    const quantization = planQuantization(plan, scheme);
    const parts = new RoundedParts(encoderOf(scheme), folders);
    const own = new Map<string, string>([
      ['README.md', writeQuantizedCard(plan, quantization, scheme, errors ?? null)],
      ...(report === undefined ? [] : [['quantization_report.json', report] as const]),
    ]);
    const block = ggufBlock(scheme);
    if (block && gguf) {
      for (const [name, source] of ggufFiles(quantization, parts, folders, gguf, block))
        this.set(name, source);
    } else {
      const shardBytes = options.shardBytes ?? SHARD_BYTES;
      const { weights, index } = safetensorsFiles(quantization, parts, folders, shardBytes);
      for (const [name, source] of weights) this.set(name, source);
      if (index) own.set(index.file, index.text);
      own.set(CONFIG, config);
    }
    for (const [name, source] of merged) {
      const left = isWeightFile(name) || name.endsWith('.index.json') || own.has(name);
      // Of one checkpoint there is nothing to put together again; GGUF files hold the small files' content.
      const travels = name === RECIPE_FILE ? plan.donors.length > 1 : !block || LICENCE.test(name);
      if (!left && travels) this.set(name, source);
    }
    for (const [name, text] of own) this.set(name, new File([text], name));
  }
}

export interface ExportOptions extends FolderOptions {
  /** Without it weights keep their dtypes. */
  readonly quantized?: Quantized;
}

/** The folder that an export writes. */
export function exportedFolder(
  plan: MergePlan,
  folders: DonorFolders,
  options: ExportOptions,
): CheckpointFiles {
  const merged = new MergedFolder(plan, folders, options);
  return options.quantized ? new QuantizedFolder(merged, options.quantized) : merged;
}
