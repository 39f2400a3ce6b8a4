/** A checkpoint folder made ready: weights located, config, tokenizer and image processor read and checked. */
import { type CheckpointFiles, listFiles } from '../checkpoint/byte-source.ts';
import { storedFiles } from '../checkpoint/formats/decoded-folder.ts';
import { storedAs, storedWeightFiles } from '../checkpoint/formats/stored-as.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { EMBEDDINGS, layerPlace, tensorPlace } from '../checkpoint/tensor-place.ts';
import { MAX_NOTICES } from '../checkpoint/limits.ts';
import { knownLeftover, recognise } from '../checkpoint/recognition.ts';
import { readJsonFile } from '../checkpoint/small-file.ts';
import { NamedError, shortened } from '../named-error.ts';
import type { VlmConfig } from '../vlm/config.ts';
import { architectureOf, injectedLayers } from '../vlm/architecture.ts';
import { decidingFiles } from '../vlm/deciding-files.ts';
import { askedRepetitionPenalty, penaltyNotices } from '../vlm/generation-config.ts';
import { type Preprocessors, readPreprocessors } from '../vlm/image-processor-files.ts';
import type { ModelFolder } from '../vlm/model-folder.ts';
import { openModelFolder } from '../vlm/model-folder.ts';
import type { PromptMaker } from '../vlm/prompt-maker.ts';
import { LocalPromptMaker } from '../vlm/prompt-maker.ts';
import type { TokenDecoder } from '../vlm/tokenizer.ts';
import { createTokenDecoder } from '../vlm/tokenizer.ts';
import type { Vocabulary } from '../vlm/vocabulary.ts';
import { readVocabulary } from '../vlm/vocabulary.ts';
import { openWeightsFolder, type WeightsFolder } from '../vlm/weights-folder.ts';
import { expectedWeights } from '../vlm/weights.ts';
import type { OpenedCheckpoint } from './protocol/checkpoint.ts';
import type { ModelId } from './subject.ts';
import { storedBlocks } from './weights/stored-blocks.ts';

export interface Folder extends ModelFolder {
  readonly id: ModelId;
  /** From tokens to text. */
  readonly tokenizer: TokenDecoder;
  /** From messages to tokens. */
  readonly prompts: PromptMaker;
  readonly vocabulary: Vocabulary;
  readonly preprocessors: Preprocessors;
  readonly summary: OpenedCheckpoint;
}

/** Makes a folder's tokenizer and template ready. @throws NamedError */
export type OpenPrompts = (files: CheckpointFiles, signal?: AbortSignal) => Promise<PromptMaker>;

/** Where they stand: for work that nobody waits for. */
const openLocally: OpenPrompts = async (files) => {
  const prompts = await LocalPromptMaker.open(files);
  prompts.probe();
  return prompts;
};

/**
 * Opens a folder. Reads headers and the small files only. Whatever of it goes wrong has a name, and a file.
 *
 * @param known its weights, where they were opened before: no header is read again
 * @throws NamedError those of `openModelFolder`, `openPrompts`, `createTokenDecoder` and `readPreprocessors`;
 * `UnreadableFolder` for what none of them foresees; `Cancelled`.
 */
export async function openFolder(
  id: ModelId,
  name: string,
  files: CheckpointFiles,
  signal?: AbortSignal,
  openPrompts: OpenPrompts = openLocally,
  known?: Checkpoint,
): Promise<Folder> {
  let file = 'config.json';
  let prompts: PromptMaker | undefined;
  try {
    const weights = known && (() => Promise.resolve({ ...known, files }));
    const model = await openModelFolder(files, { name, signal, weights });
    const { checkpoint, config, notices } = model;
    file = 'generation_config.json';
    const penalty = askedRepetitionPenalty(await readJsonFile(files, file));
    file = 'preprocessor_config.json';
    const images = await readPreprocessors(files, config.vision, architectureOf(config));
    file = 'tokenizer.json';
    const tokenizerJson = await readJsonFile(files, file);
    const tokenizerConfig = await readJsonFile(files, 'tokenizer_config.json');
    const tokenizer = createTokenDecoder({ tokenizerJson, tokenizerConfig });
    signal?.throwIfAborted();
    prompts = await openPrompts(files, signal);
    const expected = new Set(expectedWeights(config).map((weight) => weight.name));
    return {
      ...model,
      id,
      tokenizer,
      prompts,
      vocabulary: readVocabulary(tokenizerJson),
      preprocessors: images.preprocessors,
      summary: {
        ...summarize(id, checkpoint, config, recognise(checkpoint.tensors.keys(), expected).ignored),
        smallFiles: await decidingFiles(files, signal),
        repetitionPenalty: penalty,
        notices: readable([...notices, ...prompts.notices, ...images.notices, ...penaltyNotices(penalty)]),
      },
    };
  } catch (error) {
    prompts?.close();
    throw error instanceof NamedError ? error : unforeseen(error, file);
  }
}

/** A folder that is open for its weights alone. */
export interface StoredFolder extends WeightsFolder {
  readonly vocabulary: Vocabulary | null;
  readonly summary: OpenedCheckpoint;
}

/**
 * Opens a folder for its weights, after `refusal` said that its architecture is not run.
 *
 * @throws NamedError those of `openWeightsFolder`
 */
export async function openStoredFolder(
  id: ModelId,
  name: string,
  files: CheckpointFiles,
  refusal: unknown,
  signal?: AbortSignal,
): Promise<StoredFolder> {
  const folder = await openWeightsFolder(files, { name, signal }, refusal);
  const { checkpoint, config, notices, why } = folder;
  const tokenizer = await readJsonFile(files, 'tokenizer.json');
  const [vocabSize = null, hiddenSize = null] = checkpoint.tensors.get(EMBEDDINGS)?.shape ?? [];
  return {
    ...folder,
    vocabulary: tokenizer === undefined ? null : readVocabulary(tokenizer),
    summary: {
      ...stored(id, checkpoint, config.vision.depth, new Set()),
      modelType: config.modelType,
      weightsOnly: why,
      layers: config.text.layers,
      ...{ hiddenSize, vocabSize, tiedHead: checkpoint.tiedHead ?? null },
      ...{ intermediateSize: null, heads: null, kvHeads: null, contextLength: null },
      ignored: unplaced(checkpoint),
      smallFiles: await decidingFiles(files, signal),
      repetitionPenalty: 1,
      notices: readable(notices),
    },
  };
}

function unplaced({ tensors }: Checkpoint): Ignored {
  const names = [...tensors.keys()].filter((name) => tensorPlace(name).part === 'other');
  return names.map((name) => ({ name, reason: knownLeftover(name) ?? 'no rule places the name' }));
}

/** As many notices as a person reads, none longer than an error. */
function readable(notices: readonly string[]): string[] {
  const more = notices.length - MAX_NOTICES;
  const shown = notices.slice(0, MAX_NOTICES).map((notice) => shortened(notice, LONGEST_NOTICE));
  return more > 0 ? [...shown, `${more} more of this kind.`] : shown;
}

const LONGEST_NOTICE = 2000;

/** What no reader foresaw, such as a value that cannot be printed: named all the same; JavaScript's own words are the cause. */
function unforeseen(cause: unknown, file: string): NamedError {
  return new NamedError(
    'UnreadableFolder',
    'the folder cannot be read: a value in it is not of the kind that belongs there',
    { file },
    'use the files that were published with the model; if this is such a folder, report it with this text',
    { cause },
  );
}

type Ignored = OpenedCheckpoint['ignored'];

function summarize(
  id: ModelId,
  checkpoint: Checkpoint,
  config: VlmConfig,
  ignored: Ignored,
): Omit<OpenedCheckpoint, 'smallFiles' | 'repetitionPenalty' | 'notices'> {
  const { modelType, text, vision } = config;
  const injectedAfter = injectedLayers(config);
  return {
    ...stored(id, checkpoint, vision.depth, new Set(ignored.map(({ name }) => name))),
    modelType,
    layers: text.layers,
    ...(injectedAfter.length > 0 ? { injectedAfter } : {}),
    hiddenSize: text.hiddenSize,
    intermediateSize: text.intermediateSize,
    heads: text.heads,
    kvHeads: text.kvHeads,
    vocabSize: text.vocabSize,
    tiedHead: text.tieWordEmbeddings,
    contextLength: text.maxPositionEmbeddings,
    ignored,
  };
}

/** What the files hold; parameters and bytes of layers without those to `skip`. */
function stored(id: ModelId, checkpoint: Checkpoint, visionBlocks: number, skip: ReadonlySet<string>) {
  const blocks = storedBlocks(checkpoint);
  const layerBytes = new Map<number, number>();
  const dtypes: Record<string, number> = {};
  let parameters = 0;
  for (const tensor of checkpoint.tensors.values()) {
    const { dtype, bytes } = storedAs(checkpoint.files, tensor);
    dtypes[dtype] = (dtypes[dtype] ?? 0) + 1;
    if (skip.has(tensor.name)) continue;
    parameters += tensor.shape.reduce((product, dim) => product * dim, 1);
    const { layer } = layerPlace(tensor.name, { visionBlocks });
    if (layer !== null) layerBytes.set(layer, (layerBytes.get(layer) ?? 0) + bytes);
  }
  return {
    id,
    name: checkpoint.name,
    ...(checkpoint.format === undefined ? {} : { format: checkpoint.format }),
    ...(blocks ? { storedBlocks: blocks } : {}),
    fingerprint: checkpoint.fingerprint,
    spots: checkpoint.spots,
    visionBlocks,
    parameters,
    bytes: checkpoint.bytes,
    tensors: checkpoint.tensors.size,
    files: listFiles(storedFiles(checkpoint.files)),
    weightFiles: storedWeightFiles(checkpoint),
    dtypes,
    layerBytes: [...layerBytes].sort(([a], [b]) => a - b).map(([index, bytes]) => ({ index, bytes })),
  };
}
