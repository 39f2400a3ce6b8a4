import { rowOfIndex } from '../../../layer-index.ts';
import type { EngineApi } from '../../../engine/protocol.ts';
import type { ImageReading } from '../../../engine/protocol/prompt.ts';
import { wholeModel } from '../../../engine/subject.ts';
import type { NamedError } from '../../../named-error.ts';
import { lookAt, meanOverHeads, type Look } from '../../../probes/attention/look.ts';
import type { Problem } from '../../../probes/data/problem.ts';
import { problemPrompt } from '../../../probes/problem-prompt.ts';
import { respond, type Response } from '../../../probes/respond.ts';
import { named } from '../../../named.ts';
import type { LoadedSlot } from '../../state/slot.svelte.ts';

/** Where models look on one image while one token of an answer is read: the overlay's state. */
export class Looking {
  response = $state.raw<Response | null>(null);
  token = $state(0);
  layer = $state(1);
  looks = $state.raw<readonly { readonly slot: LoadedSlot; readonly look: Look }[]>([]);
  busy = $state(false);
  error = $state.raw<NamedError | null>(null);
  readonly #engine: EngineApi;
  readonly #item: Problem;
  readonly #models: readonly LoadedSlot[];
  readonly #reading: ImageReading;

  /** `models`: those to compare; the first one's answer is read by all. */
  constructor(engine: EngineApi, item: Problem, models: readonly LoadedSlot[], reading: ImageReading) {
    this.#engine = engine;
    this.#item = item;
    this.#models = models;
    this.#reading = reading;
  }

  /** Asks the first model, and looks from its first token. */
  async begin(maxNewTokens: number): Promise<void> {
    await this.#work(async () => {
      const [first] = this.#models;
      if (!first) return;
      this.response = await respond(this.#engine, { ...(await this.#ask(first)), maxNewTokens }, undefined);
      await this.#look(0);
    });
  }

  async choose(token: number): Promise<void> {
    await this.#work(() => this.#look(token));
  }

  /** Attention onto each image token at the chosen layer, mean over heads. */
  map(look: Look): Float32Array {
    return meanOverHeads(look.maps[rowOfIndex(this.layer)] ?? []);
  }

  async #look(token: number): Promise<void> {
    const { response } = this;
    if (!response || token >= response.read.length) return;
    this.token = token;
    const looks = [];
    for (const slot of this.#models)
      looks.push({ slot, look: await lookAt(this.#engine, await this.#ask(slot), response, token) });
    this.looks = looks;
  }

  async #ask({ checkpoint }: LoadedSlot) {
    const subject = wholeModel(checkpoint.id, checkpoint.layers);
    return { ...(await problemPrompt(this.#item, this.#reading)), subject };
  }

  async #work(task: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.error = null;
    try {
      await task();
    } catch (error) {
      this.error = named(error);
    } finally {
      this.busy = false;
    }
  }
}
