/** Checkpoints on disk that no one trained: real files, so that reading them costs what reading costs. */
import type { ByteSource, CheckpointFiles } from '../checkpoint/byte-source.ts';
import { planSafetensors, tensorBytes, type TensorLayout } from '../checkpoint/writing.ts';
import { NamedError } from '../named-error.ts';
import type { VlmConfig } from '../vlm/config.ts';
import { expectedWeights } from '../vlm/weights.ts';
import { seededRandom } from '../work/seeded-random.ts';

const DIRECTORY = 'bench';
const PATTERN_BYTES = 2 ** 24;

/** Writes bf16 safetensors of all weights a config asks for to origin-private storage. */
export async function syntheticCheckpoint(
  config: VlmConfig,
  name: string,
  shards: number,
): Promise<CheckpointFiles> {
  const tensors = expectedWeights(config).map((weight) => ({ ...weight, dtype: 'BF16' as const }));
  const files = new Map<string, ByteSource>();
  const weightMap: Record<string, string> = {};
  const perShard = Math.ceil(tensors.length / shards);
  for (let shard = 0; shard < shards; shard++) {
    const part = tensors.slice(shard * perShard, (shard + 1) * perShard);
    const file = shards === 1 ? 'model.safetensors' : shardName(shard, shards);
    for (const tensor of part) weightMap[tensor.name] = file;
    files.set(file, await syntheticFile(`${name}-${file}`, part));
  }
  if (shards > 1) {
    const index = JSON.stringify({ metadata: {}, weight_map: weightMap });
    files.set('model.safetensors.index.json', new File([index], 'model.safetensors.index.json'));
  }
  return files;
}

/**
 * Writes one safetensors file, filled with random numbers.
 *
 * @param contents bytes of tensors that are to hold something else
 */
export async function syntheticFile(
  name: string,
  tensors: readonly TensorLayout[],
  contents: ReadonlyMap<string, Uint8Array<ArrayBuffer>> = new Map(),
): Promise<File> {
  const root = await navigator.storage.getDirectory();
  const directory = await root.getDirectoryHandle(DIRECTORY, { create: true });
  const plan = planSafetensors(tensors);
  const handle = await directory.getFileHandle(name, { create: true });
  const access = await handle.createSyncAccessHandle();
  access.truncate(plan.bytes);
  access.write(plan.head, { at: 0 });
  fill(access, plan.head.length, plan.bytes);
  let at = plan.head.length;
  for (const tensor of plan.order) {
    const given = contents.get(tensor.name);
    if (given) access.write(given, { at });
    at += tensorBytes(tensor);
  }
  access.close();
  return handle.getFile();
}

export async function removeSynthetic(): Promise<void> {
  const root = await navigator.storage.getDirectory();
  await root.removeEntry(DIRECTORY, { recursive: true }).catch(() => undefined);
}

function shardName(shard: number, of: number): string {
  const pad = (value: number): string => String(value).padStart(5, '0');
  return `model-${pad(shard + 1)}-of-${pad(of)}.safetensors`;
}

/** Random bf16 of magnitude up to 1/16, the same 16 MiB again and again. */
function fill(access: FileSystemSyncAccessHandle, from: number, to: number): void {
  const random = seededRandom(7);
  const floats = Float32Array.from({ length: PATTERN_BYTES / 2 }, () => (random() - 0.5) / 8);
  const pattern = new Uint8Array(
    Uint16Array.from(new Uint32Array(floats.buffer), (bits) => bits >>> 16).buffer,
  );
  for (let at = from; at < to; at += PATTERN_BYTES) {
    const piece = pattern.subarray(0, Math.min(PATTERN_BYTES, to - at));
    if (access.write(piece, { at }) === piece.length) continue;
    throw new NamedError(
      'StorageFull',
      `the browser's storage took ${at} of ${to} bytes`,
      {},
      'free some disk, and do not use a private window',
    );
  }
}
