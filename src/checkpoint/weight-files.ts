import { NamedError } from '../named-error.ts';
import type { CheckpointFiles } from './byte-source.ts';
import { listing } from './listing.ts';
import type { ShardIndex } from './shard-index.ts';
import { INDEX_FILE } from './shard-index.ts';

const ADAPTER = /(^|\/)adapter_model\b/;
const SINGLE_FILE = 'model.safetensors';
/** One of several shards; a model saved as "1 of 1" needs no index. */
const SHARD_NAME = /-\d{5}-of-(?!00001)\d{5}\.safetensors$/;

/** Something the user should see although nothing is wrong. */
export interface Notice {
  readonly file: string;
  readonly text: string;
}

/** Where the weights of a folder lie: in `file`, or in the shards that the index `file` names. */
export interface WeightLayout {
  readonly kind: 'single' | 'sharded';
  readonly file: string;
}

/**
 * Decides which files hold the weights: the index if there is one, else `model.safetensors`, else the only
 * safetensors file whatever its name.
 *
 * @throws NamedError `NoWeights`, `AdapterOnly`, `UnsupportedWeights` (weights in another format), `IndexMissing` (shards
 * without their index) or `AmbiguousWeights` (several files, none of them named as the hub does).
 */
export function findWeights(files: CheckpointFiles): WeightLayout {
  if (files.has(INDEX_FILE)) return { kind: 'sharded', file: INDEX_FILE };
  if (files.has(SINGLE_FILE)) return { kind: 'single', file: SINGLE_FILE };
  const candidates = [...files.keys()].filter(
    (path) => /^[^/]+\.safetensors$/.test(path) && !ADAPTER.test(path),
  );
  const [only, ...others] = candidates;
  if (only === undefined) throw noSafetensors(files);
  const shards = candidates.filter((name) => SHARD_NAME.test(name));
  if (shards.length > 0) {
    throw new NamedError(
      'IndexMissing',
      `${listing(shards)}: ${shards.length === 1 ? 'a shard' : 'shards'} without ${INDEX_FILE}`,
      { file: INDEX_FILE },
      'add the index and every shard of the same folder',
    );
  }
  if (others.length > 0) {
    throw new NamedError(
      'AmbiguousWeights',
      `${candidates.length} safetensors files, and neither ${SINGLE_FILE} nor ${INDEX_FILE}: ${listing(candidates)}`,
      { file: SINGLE_FILE },
      'drop one checkpoint at a time, or the index that belongs to these files',
    );
  }
  return { kind: 'single', file: only };
}

/**
 * The shards an index names, each once, sorted by name.
 *
 * @throws NamedError `MissingShard`, naming every one that is not in the folder.
 */
export function shardsOf(index: ShardIndex, files: CheckpointFiles): string[] {
  const shards = [...new Set(index.weightMap.values())].sort();
  const missing = shards.filter((shard) => !files.has(shard));
  if (missing.length > 0) {
    throw new NamedError(
      'MissingShard',
      `${missing.length} of ${shards.length} shards are not in the folder: ${listing(missing)}`,
      { file: index.file },
      'add the missing files; a download may still be running, or they are links, which browsers do not list',
    );
  }
  return shards;
}

/** What to tell of the choice of `weightFiles`: an unusual name, and why other files with weights are not read. */
export function weightNotices(
  files: CheckpointFiles,
  layout: WeightLayout,
  weightFiles: readonly string[],
): Notice[] {
  const notices: Notice[] = [];
  if (layout.kind === 'single' && layout.file !== SINGLE_FILE) {
    notices.push({
      file: layout.file,
      text: `taken for the model's weights, although not named ${SINGLE_FILE}`,
    });
  }
  for (const file of files.keys()) {
    const reason = weightFiles.includes(file) ? null : whyUnused(file);
    if (reason !== null) notices.push({ file, text: reason });
  }
  return notices;
}

function whyUnused(path: string): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (ADAPTER.test(path)) return 'an adapter, not merged into the model: not used';
  if (/^(optimizer|scheduler|rng_state|scaler|training_args)/.test(name)) return 'training state: not used';
  if (/^consolidated\b/.test(name)) return 'a second copy of the weights in another layout: not used';
  if (path === SINGLE_FILE) return `${INDEX_FILE} goes before it: not used`;
  if (name.endsWith('.safetensors')) return 'safetensors file that is not part of the model: not used';
  if (OTHER_FORMATS.test(name)) return 'weights in a format that is not read: not used';
  return null;
}

const OTHER_FORMATS = /\.(bin|pt|pth|ckpt|gguf|ggml|h5|msgpack|onnx|distcp)$/;

function noSafetensors(files: CheckpointFiles): NamedError {
  const adapter = [...files.keys()].find((path) => ADAPTER.test(path));
  if (adapter !== undefined) {
    return new NamedError(
      'AdapterOnly',
      'the folder holds an adapter and not the model it adapts',
      { file: adapter },
      "merge it into its model first (peft's merge_and_unload) and save that",
    );
  }
  const others = [...files.keys()].filter((name) => OTHER_FORMATS.test(name));
  const [first] = others;
  if (first === undefined) {
    return new NamedError(
      'NoWeights',
      `no safetensors file among ${files.size} files`,
      { file: SINGLE_FILE },
      'choose the folder that holds config.json and the .safetensors files',
    );
  }
  return new NamedError(
    'UnsupportedWeights',
    `the weights are not safetensors: ${listing(others)}`,
    { file: first },
    'convert them: load the model with transformers and call save_pretrained(folder)',
  );
}
