import type { ByteSource } from './byte-source.ts';
import { readRange } from './byte-source.ts';
import { sha256Hex, sha256OfText } from '../work/sha256.ts';
import { readScattered } from './scattered-reads.ts';
import { spotsOf } from './spots.ts';

/** One file of weights, opened. */
export interface WeightFile {
  readonly file: string;
  readonly source: ByteSource;
  readonly header: {
    /** Whatever in front of the tensors describes them. */
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly tensors: readonly {
      readonly storedName: string;
      readonly start: number;
      readonly bytes: number;
    }[];
  };
}

export interface Fingerprint {
  /** SHA-256 in hex. */
  readonly value: string;
  /** Spots of all tensors at which the weights were compared. */
  readonly spots: number;
}

/**
 * A name for the contents of a checkpoint: SHA-256 (hex) over, sorted by file name, each weight file's name, size,
 * header and the spots of every tensor (`spotsOf`, which says what change can escape them), over config.json, and over how encoded
 * tensors are decoded. It is cheap
 * (6,700 reads of 28 MB for 7B) and tells Base, IN and RL apart, whose headers are identical; it is not a hash of all
 * contents: that is taken when a tensor is read anyway.
 *
 * @throws NamedError those of `readRange`; `Cancelled`
 */
export async function fingerprint(
  weights: readonly WeightFile[],
  config: ByteSource | undefined,
  signal?: AbortSignal,
  decoding?: string,
): Promise<Fingerprint> {
  const parts: string[] = [];
  let spots = 0;
  for (const { file, source, header } of weights.toSorted((a, b) => (a.file < b.file ? -1 : 1))) {
    const ranges = header.tensors.flatMap((tensor) =>
      spotsOf(tensor).map(({ start, end }) => ({
        start: tensor.start + start,
        end: tensor.start + end,
        tensor: tensor.storedName,
      })),
    );
    spots += ranges.length;
    const sampled = await readScattered(source, file, ranges, signal);
    const hashes = [await sha256Hex(header.bytes), await sha256Hex(sampled)];
    parts.push(JSON.stringify([file, source.size, ...hashes]));
  }
  if (config !== undefined) {
    parts.push(await sha256Hex(await readRange(config, 0, config.size, { file: config.name })));
  }
  if (decoding !== undefined) parts.push(await sha256OfText(decoding));
  return { value: await sha256OfText(parts.join('\n')), spots };
}
