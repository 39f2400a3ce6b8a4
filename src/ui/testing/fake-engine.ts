import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { NamedError } from '../../named-error.ts';
import { cancelled } from '../../work/cancel.ts';
import type { EngineApi, EngineStatus } from '../../engine/protocol.ts';
import type { Capabilities } from '../../engine/protocol/capabilities.ts';
import type { OpenedCheckpoint } from '../../engine/protocol/checkpoint.ts';
import type { WeightDtype } from '../../engine/protocol/device.ts';
import type { GeneratedRow } from '../../engine/protocol/generation.ts';
import type { RowSpec } from '../../engine/protocol/intervention.ts';
import type {
  LoadedModel,
  LoadOptions,
  MemoryEstimate,
  StoredWeights,
} from '../../engine/protocol/loading.ts';
import { inTurns } from '../../engine/turns-estimate.ts';
import { fakeScores } from '../../engine/testing/fake-scores.ts';
import { readJsonFile } from '../../checkpoint/small-file.ts';
import { decidingFiles } from '../../vlm/deciding-files.ts';
import type { VlmConfig } from '../../vlm/config.ts';
import type { ModelFolder } from '../../vlm/model-folder.ts';
import { openModelFolder } from '../../vlm/model-folder.ts';
import { openWeights } from '../../vlm/stored-head.ts';
import type { Vocabulary } from '../../vlm/vocabulary.ts';
import { readVocabulary } from '../../vlm/vocabulary.ts';
import type { ModelId } from '../../engine/subject.ts';

const GIB = 1024 ** 3;
const BYTES_A_WEIGHT: Readonly<Record<WeightDtype, number>> = { f32: 4, f16: 2, q8: 1.07, q4: 0.57 };

export const CAPABILITIES: Capabilities = {
  webgpu: {
    name: 'NVIDIA Ampere',
    adapter: 'vendor nvidia, architecture ampere',
    software: false,
    shaderF16: true,
    subgroups: true,
    maxBufferSize: 4 * GIB,
    maxStorageBufferBindingSize: 2 * GIB,
    bridge: 'jspi',
  },
  findings: [],
  wasm: { threads: 8 },
  crossOriginIsolated: true,
  storage: { usageBytes: 4.4 * GIB, quotaBytes: 120 * GIB },
  preferred: 'webgpu',
};

export interface FakeOptions {
  readonly capabilities?: Capabilities;
  readonly layers?: number;
  readonly visionBlocks?: number;
  /** As of a model with DeepStack. */
  readonly injectedAfter?: readonly number[];
  readonly parameters?: number;
  /** Milliseconds between tokens and between progress reports. */
  readonly pace?: number;
  readonly stored?: readonly StoredWeights[];
  readonly budgetBytes?: number;
  /** What loaded models say computes them. */
  readonly adapter?: string;
}

/**
 * An engine without a model, for tests of the page: it answers a fixed sentence, and another one from the
 * fourth token on when something is ablated or handed over. Folder names steer it: "broken" does not open.
 */
export class FakeEngine implements EngineApi {
  readonly requests: Parameters<EngineApi['generate']>[0][] = [];
  readonly batches: Parameters<EngineApi['generateAll']>[0][] = [];
  readonly #options: FakeOptions;
  readonly #open = new Map<ModelId, OpenedCheckpoint>();
  readonly #files = new Map<ModelId, CheckpointFiles>();
  readonly #loaded = new Map<ModelId, LoadedModel>();
  readonly #cancelled = new Set<string>();
  #stored: readonly StoredWeights[];
  #listener: (status: EngineStatus) => void = () => undefined;

  constructor(options: FakeOptions = {}) {
    this.#options = options;
    this.#stored = options.stored ?? [];
  }

  capabilities(): Promise<Capabilities> {
    return Promise.resolve(this.#options.capabilities ?? CAPABILITIES);
  }

  async open(name: string, files: CheckpointFiles, signal?: AbortSignal): Promise<OpenedCheckpoint> {
    await this.#pause();
    if (name.includes('stuck')) {
      await new Promise((_, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    }
    if (name.includes('broken')) {
      throw new NamedError(
        'OverlappingTensors',
        'model.layers.3.mlp.down_proj.weight begins at byte 1 204 224, inside the tensor before it, which ends at 1 208 320',
        { file: 'model-00002-of-00004.safetensors', tensor: 'model.layers.3.mlp.down_proj.weight' },
        'download the file again; its SHA-256 is on the model page',
      );
    }
    const checkpoint = { ...this.#checkpoint(name, files), smallFiles: await decidingFiles(files) };
    this.#open.set(checkpoint.id, checkpoint);
    this.#files.set(checkpoint.id, files);
    return checkpoint;
  }

  /** Of weights alone, too: without a config. */
  async modelFolder(id: ModelId): Promise<ModelFolder> {
    const files: CheckpointFiles = this.#files.get(id) ?? new Map();
    const { name } = this.#known(id);
    if (files.has('config.json')) return openModelFolder(files, { name });
    return { checkpoint: await openWeights(files, { name }), config: {} as VlmConfig, notices: [] };
  }

  async vocabulary(id: ModelId): Promise<Vocabulary> {
    return readVocabulary(await readJsonFile(this.#files.get(id) ?? new Map(), 'tokenizer.json'));
  }

  estimate(id: ModelId, { memory, ...options }: LoadOptions): Promise<MemoryEstimate> {
    const weightBytes = this.#known(id).parameters * BYTES_A_WEIGHT[options.dtype];
    const budgetBytes = this.#options.budgetBytes ?? 16 * GIB;
    const alreadyHeldBytes = [...this.#loaded.values()].reduce((sum, model) => sum + model.weightBytes, 0);
    const totalBytes = weightBytes * 1.05;
    const fits = totalBytes + alreadyHeldBytes <= budgetBytes;
    const gib = (bytes: number) => `${(bytes / GIB).toFixed(1)} GiB`;
    const estimate = {
      weightBytes,
      kvCacheBytes: weightBytes * 0.03,
      activationBytes: weightBytes * 0.02,
      totalBytes,
      largestBindingBytes: weightBytes / 8,
      bindingLimitBytes: 2 * GIB,
      budgetBytes,
      alreadyHeldBytes,
      fits,
      refusals: fits
        ? []
        : [
            `${gib(totalBytes)} are needed and ${gib(budgetBytes - alreadyHeldBytes)} are free: load it as q4, or unload another model`,
          ],
    };
    if (memory === undefined) return Promise.resolve(estimate);
    const alone = { ...estimate, fits: true, refusals: [] };
    return Promise.resolve(inTurns(alone, alreadyHeldBytes, memory, { bytesPerSecond: 812 * 1024 ** 2 }));
  }

  /** All that is loaded is held. */
  turns(): Promise<null> {
    return Promise.resolve(null);
  }

  /** A token a word. */
  countTokens(_: ModelId, texts: readonly string[]): Promise<readonly number[]> {
    return Promise.resolve(texts.map((text) => text.match(/\S+/g)?.length ?? 0));
  }

  async load(...[job, id, options, onProgress]: Parameters<EngineApi['load']>): Promise<LoadedModel> {
    const { bytes } = this.#known(id);
    for (let share = 0; share <= 1; share += 0.125) {
      if (this.#cancelled.delete(job)) throw cancelled();
      onProgress({
        phase: 'reading',
        bytesDone: bytes * share,
        bytesTotal: bytes,
        bytesPerSecond: 812 * 1024 ** 2,
        etaSeconds: (bytes * (1 - share)) / (812 * 1024 ** 2),
        tensor: 'model.layers.11.mlp.down_proj.weight',
      });
      await this.#pause();
    }
    const weightBytes = this.#known(id).parameters * BYTES_A_WEIGHT[options.dtype];
    const model: LoadedModel = {
      id,
      device: options.device,
      adapter: this.#options.adapter ?? 'vendor nvidia, architecture ampere',
      dtype: options.dtype,
      weightBytes,
      bytesRead: bytes,
      seconds: 41.2,
      fromStorage: false,
      quantization: options.dtype.startsWith('q')
        ? {
            relativeFrobenius: 0.0712,
            maxAbs: 0.0832,
            worstTensor: { name: 'model.layers.27.mlp.down_proj.weight', relativeFrobenius: 0.0931 },
          }
        : null,
    };
    if (options.keep) {
      const { name } = this.#known(id);
      this.#stored = [
        ...this.#stored,
        { key: `${id} ${options.dtype}`, name, dtype: options.dtype, bytes: weightBytes },
      ];
    }
    this.#loaded.set(id, model);
    return model;
  }

  unload(id: ModelId): Promise<void> {
    this.#loaded.delete(id);
    return Promise.resolve();
  }

  close(id: ModelId): Promise<void> {
    this.#open.delete(id);
    return this.unload(id);
  }

  async generate(
    ...[request, onEvent]: Parameters<EngineApi['generate']>
  ): ReturnType<EngineApi['generate']> {
    this.requests.push(request);
    if ((request.prompt ?? '').trim() === '') {
      throw new NamedError('EmptyPrompt', 'the question is empty', { field: 'prompt' }, 'write a question');
    }
    const imageTokens = 256 * (request.images?.length ?? 0);
    const prompt = { promptTokens: 24 + imageTokens, imageTokens };
    await this.#pause();
    onEvent({ type: 'prompt', ...prompt, seconds: { vision: 0.31, prefill: 0.52 } });
    const rows = request.rows ?? [{}];
    const scripts = rows.map((row) => script(row, new Set(request.subject.layers).size > 1));
    const rowsOut: GeneratedRow[] = [];
    let step = 0;
    let cancelled = false;
    while (!cancelled && step < request.maxNewTokens && scripts.some((words) => step < words.length)) {
      await this.#pause();
      cancelled = this.#cancelled.delete(request.job);
      if (cancelled) break;
      for (const [row, words] of scripts.entries()) {
        const text = words[step];
        if (text !== undefined) onEvent({ type: 'token', row, token: tokenOf(text), text });
      }
      step += 1;
    }
    // A real engine's last events may come after its result.
    setTimeout(() => onEvent({ type: 'token', row: 0, token: 1, text: ' late' }), 5);
    for (const words of scripts) {
      const given = words.slice(0, step);
      const stop = cancelled ? 'cancelled' : given.length < words.length ? 'length' : 'end';
      rowsOut.push({ tokens: given.map(tokenOf), text: given.join(''), stop });
    }
    return {
      rows: rowsOut,
      ...prompt,
      imageSpans: imageTokens > 0 ? [[12, imageTokens]] : [],
      device: 'webgpu',
      dtype: 'q4',
      seconds: { vision: 0.31, prefill: 0.52, decode: step * 0.031 },
    };
  }

  /** Questions with a picture are answered with a number, others with a sentence; the pace is that of one answer. */
  async generateAll(
    ...[request]: Parameters<EngineApi['generateAll']>
  ): ReturnType<EngineApi['generateAll']> {
    this.batches.push(request);
    await this.#pause();
    const cancelled = this.#cancelled.delete(request.job);
    return request.prompts.map(({ images = [] }) => {
      const text = images.length > 0 ? '<think>I see it.</think><answer>3</answer>' : PLAIN;
      const imageTokens = 256 * images.length;
      return {
        rows: [{ tokens: [...text].map(tokenOf), text, stop: cancelled ? 'cancelled' : 'end' }],
        promptTokens: 24 + imageTokens,
        imageTokens,
        imageSpans: [],
      };
    });
  }

  forward(): never {
    throw new Error('the page does not call forward yet');
  }

  async scoreAnswer(
    ...[request]: Parameters<EngineApi['scoreAnswer']>
  ): ReturnType<EngineApi['scoreAnswer']> {
    await this.#pause();
    return fakeScores(request);
  }

  captureImageKv(): never {
    throw new Error('the page does not call captureImageKv yet');
  }

  captureImagesKv(): never {
    throw new Error('the page does not call captureImagesKv yet');
  }

  releaseKv(): Promise<void> {
    return Promise.resolve();
  }

  cancel(job: string): Promise<void> {
    this.#cancelled.add(job);
    return Promise.resolve();
  }

  storedWeights(): Promise<readonly StoredWeights[]> {
    return Promise.resolve(this.#stored);
  }

  deleteStoredWeights(key: string): Promise<void> {
    this.#stored = this.#stored.filter((kept) => kept.key !== key);
    return Promise.resolve();
  }

  onStatus(listener: (status: EngineStatus) => void): Promise<void> {
    this.#listener = listener;
    return Promise.resolve();
  }

  /** Lets a test say how the engine is. */
  report(status: EngineStatus): void {
    this.#listener(status);
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#options.pace ?? 0));
  }

  #known(id: ModelId): OpenedCheckpoint {
    const checkpoint = this.#open.get(id);
    if (!checkpoint) throw new NamedError('NotOpen', `${id} is not open`, {}, 'open its folder again');
    return checkpoint;
  }

  #checkpoint(name: string, files: CheckpointFiles): Omit<OpenedCheckpoint, 'smallFiles'> {
    const { layers = 28, visionBlocks = 32, parameters = 8_292_166_656, injectedAfter } = this.#options;
    return {
      id: `model-${this.#open.size + 1}-${name}` as ModelId,
      name,
      fingerprint: tokenOf(name).toString(16).padStart(64, '9f2c41d07be35a88'),
      spots: 6737,
      modelType: 'qwen2_5_vl',
      layers,
      visionBlocks,
      ...(injectedAfter ? { injectedAfter } : {}),
      hiddenSize: 3584,
      intermediateSize: 18944,
      heads: 28,
      kvHeads: 4,
      vocabSize: 152_064,
      tiedHead: false,
      contextLength: 128_000,
      repetitionPenalty: 1,
      parameters,
      bytes: parameters * 2,
      tensors: 729,
      files: [...files].map(([path, file]) => ({ name: path, bytes: file.size })),
      weightFiles: [...files.keys()].filter((path) => path.endsWith('.safetensors')),
      dtypes: { BF16: 729 },
      layerBytes: Array.from({ length: visionBlocks + 1 + layers }, (_, i) => ({
        index: i - visionBlocks,
        bytes: i < visionBlocks ? 39e6 : i === visionBlocks ? 89e6 : 466e6,
      })),
      ignored: name.includes('RL')
        ? [
            { name: 'optimizer.state.0.exp_avg', reason: 'training state: not used' },
            {
              name: 'base_model.model.lora_A.weight',
              reason: 'an adapter, not merged into the model: not used',
            },
          ]
        : [],
      notices: name.includes('RL') ? ['2 tensors are no part of the model and are not used'] : [],
    };
  }
}

const PLAIN = 'The red cube stands left of the small blue sphere.';
const ABLATED = 'The red cube is a cube is a cube.';
const STITCHED = 'The red cube stands behind the sphere, so the answer is two.';

/** One piece a word, its space before it, as subword tokenizers have it. */
function script(row: RowSpec, stitched: boolean): string[] {
  const text = row.ablate?.length ? ABLATED : stitched ? STITCHED : PLAIN;
  return text.split(/(?= )/);
}

function tokenOf(text: string): number {
  return [...text].reduce((hash, character) => (hash * 31 + (character.codePointAt(0) ?? 0)) % 151_643, 7);
}
