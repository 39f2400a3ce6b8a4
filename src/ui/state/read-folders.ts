/** What the engine read of opened folders, fetched from it once: comparing and merging read no header again. */
import type { EngineApi } from '../../engine/protocol.ts';
import type { OpenedCheckpoint } from '../../engine/protocol/checkpoint.ts';
import type { ModelFolder } from '../../vlm/model-folder.ts';
import type { Vocabulary } from '../../vlm/vocabulary.ts';
import type { WeightsFolder } from '../../vlm/weights-folder.ts';
import { once } from '../../work/once.ts';

export class ReadFolders {
  readonly #engine: Pick<EngineApi, 'modelFolder' | 'vocabulary'>;
  readonly #models = new WeakMap<OpenedCheckpoint, Promise<ModelFolder | WeightsFolder>>();
  /** By the hash of tokenizer.json: checkpoints of a family share one, and comparing it with itself is quick. */
  readonly #vocabularies = new Map<string, Promise<Vocabulary | null>>();

  constructor(engine: Pick<EngineApi, 'modelFolder' | 'vocabulary'>) {
    this.#engine = engine;
  }

  /** Headers, config and notices. @throws NamedError those of `EngineApi.modelFolder` */
  model(opened: OpenedCheckpoint): Promise<ModelFolder | WeightsFolder> {
    return once(this.#models, opened, () => this.#engine.modelFolder(opened.id));
  }

  /** @throws NamedError those of `EngineApi.vocabulary` */
  vocabulary({ id, smallFiles }: OpenedCheckpoint): Promise<Vocabulary | null> {
    return once(this.#vocabularies, smallFiles['tokenizer.json'] ?? id, () => this.#engine.vocabulary(id));
  }
}
