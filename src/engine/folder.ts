/** A checkpoint folder made ready: weights located, config, tokenizer and image processor read and checked. */
import type { ByteSource, CheckpointFiles } from '../checkpoint/byte-source.ts';
import { readRange } from '../checkpoint/byte-source.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import { layerPlace } from '../checkpoint/layer-index.ts';
import { recognise } from '../checkpoint/recognition.ts';
import { NamedError } from '../named-error.ts';
import type { VlmConfig } from '../vlm/config.ts';
import { parseConfig } from '../vlm/config.ts';
import type { Preprocessor } from '../vlm/preprocessor.ts';
import { parsePreprocessor } from '../vlm/preprocessor.ts';
import type { Tokenizer } from '../vlm/tokenizer.ts';
import { createTokenizer } from '../vlm/tokenizer.ts';
import { checkWeights, expectedWeights } from '../vlm/weights.ts';
import type { OpenedCheckpoint } from './protocol.ts';
import type { ModelId } from './subject.ts';

export interface Folder {
  readonly id: ModelId;
  readonly checkpoint: Checkpoint;
  readonly config: VlmConfig;
  readonly tokenizer: Tokenizer;
  readonly preprocessor: Preprocessor;
  readonly summary: OpenedCheckpoint;
}

/**
 * Opens a folder. Reads headers and the small files only.
 *
 * @throws NamedError `MissingConfig`, `InvalidJson`, and those of opening, config, tokenizer and weights check.
 */
export async function openFolder(
  id: ModelId,
  name: string,
  files: CheckpointFiles,
  signal?: AbortSignal,
): Promise<Folder> {
  const json = async (file: string): Promise<unknown> => {
    const text = await readText(files, file);
    return text === undefined ? undefined : parse(text, file);
  };
  const configJson = await json('config.json');
  if (configJson === undefined) {
    throw new NamedError(
      'MissingConfig',
      `the folder has no config.json among its ${files.size} files`,
      { file: 'config.json' },
      'choose the whole checkpoint folder, with config.json and the tokenizer files',
    );
  }
  const config = parseConfig(configJson, 'config.json', await json('generation_config.json'));
  const checkpoint = await openCheckpoint(files, { name, ...(signal ? { signal } : {}) });
  const { notices } = checkWeights(config, checkpoint.tensors);
  const tokenizer = createTokenizer({
    tokenizerJson: await json('tokenizer.json'),
    tokenizerConfig: await json('tokenizer_config.json'),
    chatTemplateJson: await json('chat_template.json'),
    chatTemplateJinja: await readText(files, 'chat_template.jinja'),
  });
  const preprocessorFile = files.has('preprocessor_config.json')
    ? 'preprocessor_config.json'
    : 'processor_config.json';
  const preprocessorJson = await json(preprocessorFile);
  const preprocessor = parsePreprocessor(preprocessorJson ?? {}, preprocessorFile, config.vision);
  const expected = new Set(expectedWeights(config).map((weight) => weight.name));
  return {
    id,
    checkpoint,
    config,
    tokenizer,
    preprocessor,
    summary: summarize(id, checkpoint, config, recognise(checkpoint.tensors.keys(), expected).ignored, [
      ...checkpoint.notices.map(({ file, text }) => `${file}: ${text}`),
      ...notices,
      ...tokenizer.notices,
      ...(preprocessorJson === undefined
        ? ['The folder has no preprocessor_config.json: the defaults of Qwen2.5-VL are used.']
        : []),
    ]),
  };
}

function summarize(
  id: ModelId,
  checkpoint: Checkpoint,
  config: VlmConfig,
  ignored: OpenedCheckpoint['ignored'],
  notices: readonly string[],
): OpenedCheckpoint {
  const { text, vision } = config;
  const skip = new Set(ignored.map(({ name }) => name));
  const layerBytes = new Map<number, number>();
  const dtypes: Record<string, number> = {};
  let parameters = 0;
  for (const tensor of checkpoint.tensors.values()) {
    dtypes[tensor.dtype] = (dtypes[tensor.dtype] ?? 0) + 1;
    if (skip.has(tensor.name)) continue;
    parameters += tensor.shape.reduce((product, dim) => product * dim, 1);
    const { layer } = layerPlace(tensor.name, { visionBlocks: vision.depth });
    if (layer !== null) layerBytes.set(layer, (layerBytes.get(layer) ?? 0) + tensor.bytes);
  }
  return {
    id,
    name: checkpoint.name,
    fingerprint: checkpoint.fingerprint,
    modelType: config.modelType,
    layers: text.layers,
    visionBlocks: vision.depth,
    hiddenSize: text.hiddenSize,
    intermediateSize: text.intermediateSize,
    heads: text.heads,
    kvHeads: text.kvHeads,
    vocabSize: text.vocabSize,
    tiedHead: text.tieWordEmbeddings,
    contextLength: text.maxPositionEmbeddings,
    parameters,
    bytes: checkpoint.bytes,
    tensors: checkpoint.tensors.size,
    files: [...checkpoint.files].map(([name, { size }]) => ({ name, bytes: size })),
    dtypes,
    layerBytes: [...layerBytes].sort(([a], [b]) => a - b).map(([index, bytes]) => ({ index, bytes })),
    ignored,
    notices,
  };
}

async function readText(files: CheckpointFiles, file: string): Promise<string | undefined> {
  const source: ByteSource | undefined = files.get(file);
  if (!source) return undefined;
  return new TextDecoder().decode(await readRange(source, 0, source.size, { file }));
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new NamedError(
      'InvalidJson',
      cause instanceof Error ? cause.message : String(cause),
      { file },
      'download the file again; it may be cut short',
      { cause },
    );
  }
}
