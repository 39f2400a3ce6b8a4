import { NamedError } from '../named-error.ts';
import type { CheckpointFiles } from './byte-source.ts';
import { OTHER_FORMATS, otherKind } from './folder-kinds.ts';
import { MAX_SHARDS, overLimit } from './limits.ts';
import { listing } from './listing.ts';
import type { ShardIndex } from './shard-index.ts';
import { INDEX_FILE } from './shard-index.ts';

const ADAPTER = /(^|\/)adapter_model\b/;
const CONFIG_FILE = 'config.json';
const SINGLE_FILE = 'model.safetensors';
/** A file of a sharded model. */
const SHARD = /^model-\d{5}-of-\d{5}\.safetensors$/;
/** One of several shards; a model saved as "1 of 1" needs no index. */
const SHARD_NAME = /-\d{5}-of-(?!00001)\d{5}\.safetensors$/;

/** Something the user should see although nothing is wrong. */
export interface Notice {
  readonly file: string;
  readonly text: string;
}

/** As lines: "model.safetensors: taken for …". */
export function noticeLines(notices: readonly Notice[]): string[] {
  return notices.map(({ file, text }) => `${file}: ${text}`);
}

/** Where the weights of a folder lie: in `file`, or in the shards that the index `file` names. */
export interface WeightLayout {
  readonly kind: 'single' | 'sharded';
  readonly file: string;
  /** Why this one: its name, the word of config.json, or that there is no other. */
  readonly by: 'name' | 'config' | 'only';
}

/**
 * Decides which files hold the weights, as transformers does: the file that config.json names, else `model.safetensors`, else
 * the shards of the index; and where transformers finds none, the only safetensors file whatever its name.
 *
 * @param named see `namedWeights`; a file that is not in the folder is passed over
 * @throws NamedError `NoWeights`, those of `otherKind`, `IndexMissing` (shards without their index) or `AmbiguousWeights`
 * (several files, none of them named as the hub does).
 */
export function findWeights(files: CheckpointFiles, named?: string): WeightLayout {
  if (named !== undefined && files.has(named)) {
    return { kind: named.endsWith('.json') ? 'sharded' : 'single', file: named, by: 'config' };
  }
  if (files.has(SINGLE_FILE)) return { kind: 'single', file: SINGLE_FILE, by: 'name' };
  if (files.has(INDEX_FILE)) return { kind: 'sharded', file: INDEX_FILE, by: 'name' };
  const candidates = weightsAtTop(files);
  const [only, ...others] = candidates;
  if (only === undefined) throw otherKind(files.keys()) ?? noWeights(files);
  const shards = candidates.filter((name) => SHARD_NAME.test(name));
  if (shards.length > 0) {
    throw new NamedError(
      'IndexMissing',
      `the folder has no ${INDEX_FILE} for its ${shards.length === 1 ? 'shard' : 'shards'}: ${listing(shards)}`,
      { file: INDEX_FILE },
      'add the index and every shard of the same folder',
    );
  }
  if (others.length > 0) {
    throw new NamedError(
      'AmbiguousWeights',
      `there are ${candidates.length} safetensors files, and neither ${SINGLE_FILE} nor ${INDEX_FILE}: ${listing(candidates)}`,
      { file: SINGLE_FILE },
      'drop one checkpoint at a time, or the index that belongs to these files',
    );
  }
  return { kind: 'single', file: only, by: 'only' };
}

/** Any safetensors at the folder's top but an adapter's. */
export function weightsAtTop(files: CheckpointFiles): string[] {
  return [...files.keys()].filter((path) => /^[^/]+\.safetensors$/.test(path) && !ADAPTER.test(path));
}

/**
 * The shards an index names, each once, sorted by name.
 *
 * @throws NamedError `MissingShard`, naming those that are not in the folder; `OverLimit` for more than 1000.
 */
export function shardsOf(index: ShardIndex, files: CheckpointFiles): string[] {
  const shards = [...new Set(index.weightMap.values())].sort();
  if (shards.length > MAX_SHARDS) throw overLimit('shards', shards.length, MAX_SHARDS, { file: index.file });
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

/**
 * What to tell of the choice of `weightFiles`: what was taken, if not obvious, and why other files with weights are not read.
 *
 * @param named as for `findWeights`
 */
export function weightNotices(
  files: CheckpointFiles,
  layout: WeightLayout,
  weightFiles: readonly string[],
  named?: string,
): Notice[] {
  const read = new Set([...weightFiles, layout.file]);
  const others = [...files.keys()].filter((file) => !read.has(file)).sort();
  const rivals = others.filter((file) => file === INDEX_FILE || file === SINGLE_FILE || SHARD.test(file));
  const rival = new Set(rivals);
  const notices = others.flatMap((file) => {
    const reason = rival.has(file) ? null : whyUnused(file);
    return reason === null ? [] : [{ file, text: reason }];
  });
  const taken = whyTaken(layout, rivals.sort());
  if (taken !== null) notices.unshift({ file: layout.file, text: taken });
  if (named !== undefined && !files.has(named)) {
    const text = `its transformers_weights names ${named}, which is not in the folder: ${layout.file} was taken`;
    notices.unshift({ file: CONFIG_FILE, text });
  }
  return notices;
}

/** A save into a folder removes neither an older model.safetensors nor an older index: which of two counts has to be said. */
function whyTaken({ file, by }: WeightLayout, rivals: readonly string[]): string | null {
  const unused = rivals.length === 0 ? '' : `; not used: ${listing(rivals)}`;
  if (by === 'only') return `taken for the model's weights, although not named ${SINGLE_FILE}${unused}`;
  if (by === 'config') return `taken for the model's weights, as config.json names it${unused}`;
  if (unused === '') return null;
  if (file === INDEX_FILE) return `its shards were taken for the model's weights${unused}`;
  const newer = rivals.some((rival) => SHARD.test(rival))
    ? `; if the shards are newer, move ${SINGLE_FILE} out of the folder`
    : '';
  return `taken for the model's weights, as transformers does${unused}${newer}`;
}

/** How shards come to be read that lie, with their index, beside the model.safetensors that was taken; null where none do. */
export function shardsInstead(files: CheckpointFiles, { file }: WeightLayout): string | null {
  const beside =
    file === SINGLE_FILE && files.has(INDEX_FILE) && [...files.keys()].some((path) => SHARD.test(path));
  return beside ? `move ${SINGLE_FILE} out of the folder, so that the shards are read` : null;
}

function whyUnused(path: string): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (ADAPTER.test(path)) return 'an adapter, not merged into the model: not used';
  if (/^(optimizer|scheduler|rng_state|scaler|training_args)/.test(name)) return 'training state: not used';
  if (/^consolidated\b/.test(name)) return 'a second copy of the weights in another layout: not used';
  if (name.endsWith('.safetensors')) return 'safetensors file that is not part of the model: not used';
  if (name.endsWith('.gguf')) return 'a second copy of the weights, in GGUF: not used';
  if (OTHER_FORMATS.test(name)) return 'weights in a format that is not read: not used';
  return null;
}

function noWeights(files: CheckpointFiles): NamedError {
  return new NamedError(
    'NoWeights',
    `there is no safetensors file among ${files.size} files`,
    { file: SINGLE_FILE },
    'choose the folder that holds config.json and the .safetensors files',
  );
}
