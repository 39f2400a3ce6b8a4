import type { ByteSource, CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { openCheckpoint, readTensorBytes } from '../../checkpoint/checkpoint.ts';
import { folder, source } from '../../checkpoint/testing/files.ts';
import { writeSafetensors } from '../../checkpoint/testing/safetensors.ts';
import { readFromDisk } from '../../engine/testing/goldens-from-disk.ts';
import { goldenFolder } from '../../engine/testing/goldens.ts';

export interface OtherVocabulary {
  /** Of embeddings and head; what is more than the golden's rows are those once more. */
  readonly rows: number;
  /** Tokens that follow the last id. */
  readonly tokens: readonly string[];
}

/** Those of `tools/goldens/merge_vocabularies.py`. The goldens have 400 rows, of which 384 are tokens. */
export const OTHER_VOCABULARIES: Readonly<Record<'added' | 'grown' | 'cut', OtherVocabulary>> = {
  added: { rows: 400, tokens: ['<think>', '</think>'] },
  grown: { rows: 464, tokens: ['<think>', '</think>'] },
  cut: { rows: 384, tokens: [] },
};

const ROWS = ['model.embed_tokens.weight', 'lm_head.weight'];

interface Tokenizer {
  readonly added_tokens: readonly { readonly id: number; readonly content: string }[];
}

/** A golden checkpoint with another vocabulary. */
export async function withVocabulary(name: string, other: OtherVocabulary): Promise<CheckpointFiles> {
  const files = await goldenFolder(readFromDisk, name);
  const checkpoint = await openCheckpoint(files);
  const tensors = await Promise.all(
    [...checkpoint.tensors.values()].map(async (entry) => {
      const { storedName, dtype, shape } = entry;
      const bytes = new Uint8Array(await readTensorBytes(checkpoint, entry));
      if (!ROWS.includes(entry.name)) return { name: storedName, dtype, shape, bytes };
      const [rows = 0, width = 0] = shape;
      const size = (bytes.length / rows) * other.rows;
      const twice = new Uint8Array([...bytes, ...bytes]);
      return { name: storedName, dtype, shape: [other.rows, width], bytes: twice.slice(0, size) };
    }),
  );
  const json = async (file: string): Promise<unknown> => {
    const bytes = await readFromDisk(`checkpoints/${name}/${file}`);
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  };
  const config = (await json('config.json')) as { text_config: object };
  const tokenizer = (await json('tokenizer.json')) as Tokenizer;
  const first = 1 + Math.max(...tokenizer.added_tokens.map(({ id }) => id));
  const like = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: false };
  const added = other.tokens.map((content, i) => ({ id: first + i, content, ...like }));
  const sized = { vocab_size: other.rows };
  const changed = folder({
    'config.json': JSON.stringify({ ...config, ...sized, text_config: { ...config.text_config, ...sized } }),
    'tokenizer.json': JSON.stringify({ ...tokenizer, added_tokens: [...tokenizer.added_tokens, ...added] }),
  });
  return new Map<string, ByteSource>([
    ...files,
    ...changed,
    ['model.safetensors', source(writeSafetensors(tensors), 'model.safetensors')],
  ]);
}
