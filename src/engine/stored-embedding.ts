import type { Checkpoint, TensorEntry } from '../checkpoint/checkpoint.ts';
import { readTensorBytes } from '../checkpoint/checkpoint.ts';
import { toFloat32 } from '../checkpoint/decoding.ts';
import type { TextConfig } from '../vlm/config.ts';
import { EmbeddingTable } from './embedding.ts';

/** The token embeddings of a checkpoint, read from its files as they are asked for. */
export function storedEmbedding(
  checkpoint: Checkpoint,
  { vocabSize, hiddenSize }: TextConfig,
): EmbeddingTable {
  const entry = checkpoint.tensors.get('model.embed_tokens.weight') as TensorEntry;
  const rowBytes = entry.bytes / vocabSize;
  return new EmbeddingTable(vocabSize, hiddenSize, async (first, count) => {
    const range = { start: first * rowBytes, end: (first + count) * rowBytes };
    return toFloat32(await readTensorBytes(checkpoint, entry, range), entry.dtype);
  });
}
