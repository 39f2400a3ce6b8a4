/** Folders whose config ties the head to the embeddings and whose files say otherwise, as `tools/goldens/tied_head.py` makes them. */
import { openCheckpoint, readTensorBytes } from '../../checkpoint/checkpoint.ts';
import { toFloat32 } from '../../checkpoint/decoding.ts';
import type { Dtype } from '../../checkpoint/dtype.ts';
import { writeSafetensors } from '../../checkpoint/testing/safetensors.ts';
import type { ReadGolden } from './goldens.ts';
import { goldenFolder } from './goldens.ts';

export const TIED_SOURCE = 'tied-gqa1-bf16-old';
const EMBEDDINGS = 'model.embed_tokens.weight';
const HEAD = 'lm_head.weight';

interface Stored {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What each variant stores of the two matrices, and which level of its config ties. */
interface Variant {
  readonly matrices: (embeddings: Stored) => readonly Stored[];
  readonly ties: 'root' | 'text_config' | 'nowhere';
}

const asHead = (tensor: Stored): Stored => ({ ...tensor, name: HEAD });
const both = (change: (embeddings: Stored) => Stored) => (embeddings: Stored) => [
  embeddings,
  asHead(change(embeddings)),
];

const VARIANTS = {
  plain: { matrices: (embeddings) => [embeddings], ties: 'root' },
  reversed: { matrices: both(reversedRows), ties: 'root' },
  'reversed-text-config': { matrices: both(reversedRows), ties: 'text_config' },
  'last-value': { matrices: both(lastValue), ties: 'root' },
  repeated: { matrices: both((embeddings) => embeddings), ties: 'root' },
  wide: { matrices: both((embeddings) => wide(embeddings, 1)), ties: 'root' },
  'wide-louder': { matrices: both((embeddings) => wide(embeddings, 1 + 2 ** -12)), ties: 'root' },
  alone: { matrices: (embeddings) => [asHead(embeddings)], ties: 'root' },
  shorter: { matrices: both(shorter), ties: 'root' },
  'untied-without-head': { matrices: (embeddings) => [embeddings], ties: 'nowhere' },
  'untied-without-embeddings': { matrices: (embeddings) => [asHead(embeddings)], ties: 'nowhere' },
} as const satisfies Readonly<Record<string, Variant>>;

export type TiedVariant = keyof typeof VARIANTS;
export const TIED_VARIANTS = Object.keys(VARIANTS) as readonly TiedVariant[];

/** The folder of a variant; `change` may make other tensors other, for a second donor. */
export async function tiedHeadFolder(
  read: ReadGolden,
  variant: TiedVariant,
  change: (tensor: Stored) => Stored = (tensor) => tensor,
): Promise<Map<string, File>> {
  const files = await goldenFolder(read, TIED_SOURCE);
  const checkpoint = await openCheckpoint(files);
  const { matrices, ties }: Variant = VARIANTS[variant];
  const tensors = await Promise.all(
    [...checkpoint.tensors.values()].map(async (entry) => {
      const { name, dtype, shape } = entry;
      const stored = change({ name, dtype, shape, bytes: await readTensorBytes(checkpoint, entry) });
      return name === EMBEDDINGS ? matrices(stored) : [stored];
    }),
  );
  const config = JSON.parse(await (files.get('config.json') as File).text()) as Record<string, unknown>;
  const small = [...files].filter(([name]) => !/^model[.-]|^config\.json$/.test(name));
  const weights = new File([writeSafetensors(tensors.flat())], 'model.safetensors');
  const text = new File([JSON.stringify(configOf(config, ties))], 'config.json');
  return new Map<string, File>([...small, ['model.safetensors', weights], ['config.json', text]]);
}

const NESTED = [
  ...['hidden_size', 'intermediate_size', 'num_hidden_layers', 'num_attention_heads', 'num_key_value_heads'],
  ...['max_position_embeddings', 'rms_norm_eps', 'rope_theta', 'rope_scaling', 'hidden_act', 'vocab_size'],
  ...['bos_token_id', 'eos_token_id', 'max_window_layers'],
];

function configOf(flat: Record<string, unknown>, ties: Variant['ties']): Record<string, unknown> {
  const config = { ...flat, tie_word_embeddings: ties === 'root' };
  if (ties !== 'text_config') return config;
  const text = Object.fromEntries(NESTED.map((name) => [name, flat[name]]));
  return {
    ...config,
    text_config: { ...text, model_type: 'qwen2_5_vl_text', tie_word_embeddings: true },
  };
}

function reversedRows(tensor: Stored): Stored {
  const [rows = 0] = tensor.shape;
  const rowBytes = tensor.bytes.length / rows;
  const bytes = new Uint8Array(tensor.bytes.length);
  for (let row = 0; row < rows; row++) {
    const from = (rows - 1 - row) * rowBytes;
    bytes.set(tensor.bytes.subarray(from, from + rowBytes), row * rowBytes);
  }
  return { ...tensor, bytes };
}

/** The sign of a little-endian bfloat16 is the highest bit of its second byte. */
function lastValue(tensor: Stored): Stored {
  const bytes = tensor.bytes.slice();
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 0x80;
  return { ...tensor, bytes };
}

function wide(tensor: Stored, factor: number): Stored {
  const values = toFloat32(tensor.bytes, tensor.dtype).map((value) => value * factor);
  return { ...tensor, dtype: 'F32', bytes: new Uint8Array(values.buffer) };
}

function shorter(tensor: Stored): Stored {
  const [rows = 0, columns = 0] = tensor.shape;
  const shape = [rows - 16, columns];
  return { ...tensor, shape, bytes: tensor.bytes.slice(0, (tensor.bytes.length / rows) * (rows - 16)) };
}
