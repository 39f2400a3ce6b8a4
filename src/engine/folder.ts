/** A checkpoint folder made ready: weights located, config, tokenizer and image processor read and checked. */
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { layerPlace } from '../checkpoint/layer-index.ts';
import { recognise } from '../checkpoint/recognition.ts';
import { readJsonFile } from '../checkpoint/small-file.ts';
import { readTemplateFile } from '../vlm/chat-template-file.ts';
import { ADDITIONAL_DEFAULT } from '../vlm/chat-template-source.ts';
import type { VlmConfig } from '../vlm/config.ts';
import { decidingFiles } from '../vlm/deciding-files.ts';
import { askedRepetitionPenalty, penaltyNotices } from '../vlm/generation-config.ts';
import { type Preprocessors, readPreprocessors } from '../vlm/image-processor-files.ts';
import { openModelFolder } from '../vlm/model-folder.ts';
import type { Tokenizer } from '../vlm/tokenizer.ts';
import { createTokenizer } from '../vlm/tokenizer.ts';
import type { Vocabulary } from '../vlm/vocabulary.ts';
import { readVocabulary } from '../vlm/vocabulary.ts';
import { expectedWeights } from '../vlm/weights.ts';
import type { OpenedCheckpoint } from './protocol.ts';
import type { ModelId } from './subject.ts';

export interface Folder {
  readonly id: ModelId;
  readonly checkpoint: Checkpoint;
  readonly config: VlmConfig;
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
  readonly preprocessors: Preprocessors;
  readonly summary: OpenedCheckpoint;
}

/**
 * Opens a folder. Reads headers and the small files only.
 *
 * @throws NamedError those of `openModelFolder`, `createTokenizer` and `readPreprocessors`.
 */
export async function openFolder(
  id: ModelId,
  name: string,
  files: CheckpointFiles,
  signal?: AbortSignal,
): Promise<Folder> {
  const { checkpoint, config, notices } = await openModelFolder(files, { name, signal });
  const tokenizerJson = await readJsonFile(files, 'tokenizer.json');
  const tokenizer = createTokenizer({
    tokenizerJson,
    tokenizerConfig: await readJsonFile(files, 'tokenizer_config.json'),
    processorConfig: await readJsonFile(files, 'processor_config.json'),
    chatTemplateJson: await readJsonFile(files, 'chat_template.json'),
    chatTemplateJinja: await readTemplateFile(files, 'chat_template.jinja'),
    additionalDefaultJinja: await readTemplateFile(files, ADDITIONAL_DEFAULT),
  });
  const penalty = askedRepetitionPenalty(await readJsonFile(files, 'generation_config.json'));
  const images = await readPreprocessors(files, config.vision);
  const expected = new Set(expectedWeights(config).map((weight) => weight.name));
  return {
    id,
    checkpoint,
    config,
    tokenizer,
    vocabulary: readVocabulary(tokenizerJson),
    preprocessors: images.preprocessors,
    summary: {
      ...summarize(id, checkpoint, config, recognise(checkpoint.tensors.keys(), expected).ignored),
      smallFiles: await decidingFiles(files, signal),
      repetitionPenalty: penalty,
      notices: [...notices, ...tokenizer.notices, ...images.notices, ...penaltyNotices(penalty)],
    },
  };
}

function summarize(
  id: ModelId,
  checkpoint: Checkpoint,
  config: VlmConfig,
  ignored: OpenedCheckpoint['ignored'],
): Omit<OpenedCheckpoint, 'smallFiles' | 'repetitionPenalty' | 'notices'> {
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
    spots: checkpoint.spots,
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
    weightFiles: checkpoint.weightFiles,
    dtypes,
    layerBytes: [...layerBytes].sort(([a], [b]) => a - b).map(([index, bytes]) => ({ index, bytes })),
    ignored,
  };
}
