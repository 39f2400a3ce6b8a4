import type { ByteSource } from './byte-source.ts';
import { readRange } from './byte-source.ts';
import type { SafetensorsHeader, StoredTensor } from './header.ts';
import { mapInFlight } from './in-flight.ts';
import { sha256Hex, sha256OfText } from '../sha256.ts';

/** One file of weights, opened. */
export interface WeightFile {
  readonly file: string;
  readonly source: ByteSource;
  readonly header: SafetensorsHeader;
}

/**
 * Bytes sampled from each tensor: 2048 bfloat16 weights. Fine-tuning with a small learning rate leaves many
 * weights bit for bit the same, but were it even 99 % of a tensor, a sample without a difference would have the
 * probability 0.99^2048 ≈ 1e-9; and training, or a merge of whole layers, touches many tensors at once.
 */
const SAMPLE_BYTES = 4096;

/**
 * A name for the contents of a checkpoint: SHA-256 (hex) over, sorted by file name, each weight file's name, size,
 * header and a 4 KiB sample from the middle of every tensor, and over config.json. It is cheap (some 3 MB for 7B)
 * and tells Base, IN and RL apart, whose headers are identical; it is not a hash of all contents, so an edit of
 * a few single weights can go unseen.
 */
export async function fingerprint(
  weights: readonly WeightFile[],
  config: ByteSource | undefined,
  signal?: AbortSignal,
): Promise<string> {
  const parts: string[] = [];
  for (const { file, source, header } of weights.toSorted((a, b) => (a.file < b.file ? -1 : 1))) {
    const samples = await mapInFlight(header.tensors, (tensor) => sample(source, tensor), signal);
    const hashes = [await sha256Hex(header.bytes), await sha256Hex(await new Blob(samples).arrayBuffer())];
    parts.push(JSON.stringify([file, source.size, ...hashes]));
  }
  if (config !== undefined) {
    parts.push(await sha256Hex(await readRange(config, 0, config.size, { file: config.name })));
  }
  return sha256OfText(parts.join('\n'));
}

async function sample(source: ByteSource, tensor: StoredTensor): Promise<Uint8Array<ArrayBuffer>> {
  const length = Math.min(SAMPLE_BYTES, tensor.bytes);
  const start = tensor.start + Math.floor((tensor.bytes - length) / 2);
  return readRange(source, start, start + length, { file: tensor.file, tensor: tensor.storedName });
}
