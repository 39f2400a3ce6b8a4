/** Folders of ONNX exports: transformers.js, optimum and onnxruntime-genai. Weights are read out of the graphs' initializers. */
import type { ByteSource, CheckpointFiles } from '../../byte-source.ts';
import { asObject, optionalObject } from '../../config-hints.ts';
import type { WeightFile } from '../../fingerprint.ts';
import { listing } from '../../listing.ts';
import { MAX_TENSORS, overLimit } from '../../limits.ts';
import { NamedError } from '../../../named-error.ts';
import type { Notice } from '../../weight-files.ts';
import type { AnyEncoded } from '../codecs.ts';
import { plainDtypeOf } from '../plain-dtype.ts';
import type { OpenedFormat, StoredFormat } from '../stored-format.ts';
import { type Encodable, rowsOf, unread, WHOLE } from './encodable.ts';
import { readGraphs } from './graph.ts';
import { chooseGraphs, type GraphPart } from './graph-files.ts';
import { weightsOf } from './weights.ts';

interface PartWeights {
  readonly part: GraphPart;
  readonly file: string;
  readonly weights: ReadonlyMap<string, Encodable>;
}

export const onnx: StoredFormat = {
  open: async (files, signal): Promise<OpenedFormat | null> => {
    // A checkpoint on the hub often has its exports beside it.
    if ([...files.keys()].some((file) => /^[^/]+\.safetensors(\.index\.json)?$/.test(file))) return null;
    const chosen = await chooseGraphs(files);
    if (chosen === null) return null;
    const [first] = chosen.graphs;
    if (!files.has('config.json') && first) throw withoutConfig(first.file);
    const config = await optionalObject(files, 'config.json');
    const notices: Notice[] = [...chosen.notices];
    const parts: PartWeights[] = [];
    for (const { file, part } of chosen.graphs) {
      const graphs = await readGraphs(file, files.get(file) as ByteSource, files, signal);
      const { weights, unused } = weightsOf(graphs, part === 'embedding' ? 'model.embed_tokens' : null);
      parts.push({ part, file, weights: unpacked(weights, config, file) });
      if (unused.length > 0)
        notices.push({ file, text: `taken for no weights of the model: ${listing(unused)}` });
    }
    const tensors = encodedTensors(parts);
    return {
      label: `ONNX: ${parts.map(({ part, weights }) => `${part} in ${storedAs(weights)}`).join(', ')}`,
      tensors,
      ...(await plainDtypeOf(files)),
      weightFiles: weightFiles(tensors, files),
      smallFiles: new Map(),
      notices,
    };
  },
};

function encodedTensors(parts: readonly PartWeights[]): readonly AnyEncoded[] {
  const tensors = new Map<string, AnyEncoded>();
  for (const { file, weights } of parts) {
    for (const [name, tensor] of weights) {
      const storedName = spelled(name, parts);
      if (tensors.has(storedName)) {
        throw new NamedError(
          'DuplicateTensor',
          'another graph of the folder has this weight, too',
          { file, tensor: storedName },
          'leave one of the two graphs in the folder',
        );
      }
      tensors.set(storedName, { ...tensor, storedName } as AnyEncoded);
    }
  }
  if (tensors.size > MAX_TENSORS)
    throw overLimit('tensors', tensors.size, MAX_TENSORS, { file: parts[0]?.file ?? '' });
  return [...tensors.values()];
}

/** As checkpoints of the architecture are published: those whose vision tower has learnt positions never had the older names. */
function spelled(name: string, parts: readonly PartWeights[]): string {
  if (!parts.some(({ weights }) => weights.has('visual.pos_embed.weight'))) return name;
  return name.replace(/^model\./, 'model.language_model.').replace(/^visual\./, 'model.visual.');
}

/**
 * Projections of queries, keys and values that an exporter packed into one, in this order, are taken apart again.
 *
 * @throws NamedError `QuantizedWeights` where they share scales, or where gate and up are packed: which comes first no name says
 */
function unpacked(
  weights: ReadonlyMap<string, Encodable>,
  config: Readonly<Record<string, unknown>>,
  file: string,
): ReadonlyMap<string, Encodable> {
  const text = asObject(config['text_config']) ?? config;
  const size = (key: string): number => (typeof text[key] === 'number' ? text[key] : 0);
  const heads = size('num_attention_heads');
  const width = size('head_dim') || size('hidden_size') / heads;
  const [queries, keys] = [heads * width, (size('num_key_value_heads') || heads) * width];
  const out = new Map<string, Encodable>();
  for (const [name, tensor] of weights) {
    if (name.includes('.gate_up_proj.'))
      throw unread(file, name, 'gate and up projections packed into one are not read');
    if (!name.includes('.qkv_proj.')) {
      out.set(name, tensor);
      continue;
    }
    const rows = tensor.shape[0] ?? 0;
    if (rows !== queries + 2 * keys) {
      throw unread(
        file,
        name,
        `queries, keys and values are packed into ${rows} rows, of which config.json says ${queries} and twice ${keys}`,
      );
    }
    out.set(name.replace('.qkv_proj.', '.q_proj.'), rowsOf(tensor, 0, queries));
    out.set(name.replace('.qkv_proj.', '.k_proj.'), rowsOf(tensor, queries, keys));
    out.set(name.replace('.qkv_proj.', '.v_proj.'), rowsOf(tensor, queries + keys, keys));
  }
  return out;
}

/** "4 bits in blocks of 32", "float16": how the matrices of a part are stored, the most common first. */
function storedAs(weights: ReadonlyMap<string, Encodable>): string {
  const counts = new Map<string, number>();
  for (const tensor of weights.values()) {
    if (tensor.shape.length < 2) continue;
    const how = howStored(tensor);
    counts.set(how, (counts.get(how) ?? 0) + 1);
  }
  const names = [...counts].sort(([, one], [, other]) => other - one).map(([how]) => how);
  return names.join(' and ');
}

const DTYPE_WORDS: Readonly<Record<string, string>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

function howStored({ codec, coding }: Encodable): string {
  if (codec !== 'affine') return DTYPE_WORDS[coding.dtype] ?? coding.dtype;
  const block = coding.transposed ? coding.rowBlock : coding.columnBlock;
  return block < WHOLE ? `${coding.bits} bits in blocks of ${block}` : `${coding.bits} bits`;
}

/** What names the weights for the fingerprint: how they are coded, and the stored bytes. */
function weightFiles(tensors: readonly AnyEncoded[], files: CheckpointFiles): readonly WeightFile[] {
  const byFile = new Map<
    string,
    { described: unknown[]; parts: { storedName: string; start: number; bytes: number }[] }
  >();
  for (const { storedName, shape, codec, coding, parts } of tensors) {
    for (const [key, { file, start, end }] of Object.entries(parts)) {
      const entry = byFile.get(file) ?? { described: [], parts: [] };
      byFile.set(file, entry);
      entry.described.push([storedName, key, shape, codec, coding, start, end]);
      entry.parts.push({ storedName: `${storedName} ${key}`, start, bytes: end - start });
    }
  }
  return [...byFile].map(([file, { described, parts }]) => ({
    file,
    source: files.get(file) as ByteSource,
    header: { bytes: new TextEncoder().encode(JSON.stringify(described)), tensors: parts },
  }));
}

function withoutConfig(file: string): NamedError {
  return new NamedError(
    'MissingConfig',
    'the ONNX export has no config.json beside or above it',
    { file },
    'put config.json and preprocessor_config.json of the model that it was exported from into the folder; onnxruntime-genai leaves them out',
  );
}
