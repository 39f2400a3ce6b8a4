/** What makes two exports the same: everything that the bytes of the merged folder depend on. */
import { dateOf } from '../../checkpoint/byte-source.ts';
import { sha256OfText } from '../../work/sha256.ts';
import { identify } from '../../identity/identify.ts';
import type { Json, WorkIdentity } from '../../identity/work-identity.ts';
import { SHARD_BYTES } from '../folder/shards.ts';
import type { DonorFolders } from '../folder/tensor-values.ts';
import type { MergePlan } from '../plan/plan.ts';
import { thirds } from '../../regions.ts';
import { printBlocks } from '../recipe/blocks.ts';
import { exportedFolder, type ExportOptions } from '../quantize/quantized-folder.ts';
import { pieceHash } from './piece-hash.ts';
import { isWeightFile } from './weight-files.ts';

/**
 * The identity of an export: recipe, donors' fingerprints, the plan tensor by tensor, the small files' contents, the largest
 * file. Reads the small files, and no weights.
 *
 * @param plan before its noise was measured
 * @throws NamedError `Cancelled`, those of reading
 */
export async function mergeIdentity(
  plan: MergePlan,
  folders: DonorFolders,
  options: ExportOptions & { readonly signal?: AbortSignal },
): Promise<WorkIdentity<'merge'>> {
  const { recipe, donors } = plan;
  const smallFiles: Record<string, string> = {};
  for (const [name, source] of exportedFolder(plan, folders, options)) {
    if (!isWeightFile(name)) smallFiles[name] = await pieceHash(source, options.signal);
  }
  const { blocks } = printBlocks(recipe, thirds(recipe.layers.length));
  const title = `${blocks} of ${donors.map(({ name, checkpoint }) => `${name} (${checkpoint})`).join(', ')}`;
  return identify('merge', title, {
    weights: Object.fromEntries(donors.map(({ name, fingerprint }) => [name, fingerprint])),
    recipe: JSON.parse(JSON.stringify(recipe)) as Json,
    shardBytes: options.shardBytes ?? SHARD_BYTES,
    checkpoints: donors.map(({ checkpoint }) => checkpoint),
    smallFiles,
    plan: await sha256OfText(JSON.stringify(plan)),
    ...(options.quantized ? { quantized: { ...options.quantized.scheme } } : {}),
  });
}

/**
 * When each donor's files of weights were last written, by donor and name, where the browser tells. No part of the identity: a
 * fingerprint compares weights at spots, and what changed between them has another date, as a rule.
 */
export function sourceDates(folders: DonorFolders): Record<string, number> {
  const dates: Record<string, number> = {};
  for (const [donor, files] of folders)
    for (const [name, source] of files) {
      const date = isWeightFile(name) ? dateOf(source) : null;
      if (date !== null) dates[`${donor}/${name}`] = date;
    }
  return dates;
}

/** What is said of each setting that differs, the most telling first. */
const DIFFERENCES: readonly (readonly [string, string])[] = [
  ['recipe', 'another recipe'],
  ['quantized', 'another quantization'],
  ['shardBytes', 'another largest file'],
  ['checkpoints', 'checkpoints of other names'],
  ['smallFiles', 'other config, tokenizer or processor files'],
  ['plan', 'other tensors'],
];

/** How two exports differ, in words: "another recipe, other weights of RL". */
export function differences(
  one: Pick<WorkIdentity<'merge'>, 'inputs' | 'settings'>,
  other: typeof one,
): string {
  const donors = [...new Set([...Object.keys(one.inputs), ...Object.keys(other.inputs)])];
  const weights = donors
    .filter((name) => one.inputs[name] !== other.inputs[name])
    .map((name) => `other ${name}`);
  const setting = (settings: Json, name: string): string =>
    JSON.stringify((settings as Readonly<Record<string, Json>>)[name] ?? null);
  const settings = DIFFERENCES.filter(
    ([name]) => setting(one.settings, name) !== setting(other.settings, name),
  );
  const said = [...settings.map(([, words]) => words), ...weights];
  // Another recipe makes another card and another plan: that goes without saying.
  const [first] = said;
  if (first === undefined) return 'another version of this app';
  return [first, ...weights.filter((words) => words !== first)].join(', ');
}
