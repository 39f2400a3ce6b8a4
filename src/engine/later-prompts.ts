/** A folder's prompts before its tokenizer is ready. */
import type { Prompt } from '../vlm/prompt.ts';
import type { PromptMaker, PromptRequest } from '../vlm/prompt-maker.ts';

/** Begins to open at once, and lets prompts wait for it: for a folder that has been opened before. */
export class LaterPrompts implements PromptMaker {
  /** They were said when it was opened before. */
  readonly notices: readonly string[] = [];
  readonly #open: () => Promise<PromptMaker>;
  #opening: Promise<PromptMaker> | null = null;

  constructor(open: () => Promise<PromptMaker>) {
    this.#open = open;
    // What goes wrong is said to who asks, after it was tried again.
    this.#opened().catch(() => undefined);
  }

  /** @throws NamedError those of opening too */
  async build(request: PromptRequest, signal?: AbortSignal): Promise<Prompt> {
    return (await this.#opened()).build(request, signal);
  }

  /** @throws NamedError those of opening too */
  async buildAll(
    requests: readonly PromptRequest[],
    signal?: AbortSignal,
  ): Promise<readonly PromiseSettledResult<Prompt>[]> {
    return (await this.#opened()).buildAll(requests, signal);
  }

  /** @throws NamedError those of opening too */
  async encode(texts: readonly string[], signal?: AbortSignal): Promise<readonly (readonly number[])[]> {
    return (await this.#opened()).encode(texts, signal);
  }

  close(): void {
    this.#opening?.then((prompts) => prompts.close()).catch(() => undefined);
  }

  #opened(): Promise<PromptMaker> {
    if (!this.#opening) {
      this.#opening = this.#open();
      this.#opening.catch(() => (this.#opening = null));
    }
    return this.#opening;
  }
}
