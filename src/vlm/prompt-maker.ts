/** From messages to token ids by the tokenizer and the chat template of a folder. */
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import { NamedError } from '../named-error.ts';
import { question } from './chat.ts';
import type { Prompt, PromptInput } from './prompt.ts';
import { buildPrompt } from './prompt.ts';
import { createTokenizer } from './tokenizer.ts';
import type { Tokenizer } from './tokenizer.ts';
import { readTokenizerFiles } from './tokenizer-files.ts';

export type PromptRequest = Omit<PromptInput, 'tokenizer'>;

/** Everything that a tokenizer's patterns and a template's loops take part in; both come from whoever made the folder. */
export interface PromptMaker {
  readonly notices: readonly string[];
  /** @throws NamedError those of `buildPrompt`; the signal's reason once it is aborted */
  build(request: PromptRequest, signal?: AbortSignal): Promise<Prompt>;
  /** As `build` of each, without waiting between them: what comes of each. @throws the signal's reason once it is aborted */
  buildAll(
    requests: readonly PromptRequest[],
    signal?: AbortSignal,
  ): Promise<readonly PromiseSettledResult<Prompt>[]>;
  /** The tokens each text is cut into, no template around it. @throws the signal's reason once it is aborted */
  encode(texts: readonly string[], signal?: AbortSignal): Promise<readonly (readonly number[])[]>;
  /** Gives back what it holds. */
  close(): void;
}

/** What is at work, for whoever waits: the file that is to blame if it does not end. */
export type OnFile = (file: string) => void;

/** Makes prompts where it stands. The app does so in a worker that can be ended (`src/engine/prompts`). */
export class LocalPromptMaker implements PromptMaker {
  readonly #tokenizer: Tokenizer;

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  /** @throws NamedError those of `readTokenizerFiles` and `createTokenizer` */
  static async open(files: CheckpointFiles, onFile?: OnFile): Promise<LocalPromptMaker> {
    return new LocalPromptMaker(createTokenizer(await readTokenizerFiles(files), onFile));
  }

  get notices(): readonly string[] {
    return this.#tokenizer.notices;
  }

  /**
   * Encodes and renders what is harmless to a harmless folder, so that a runaway one is found when it is opened. A template that
   * cannot be rendered is told when it is asked for.
   *
   * @throws NamedError `OverLimit`
   */
  probe(): void {
    for (const text of PROBES) this.#tokenizer.encode(text);
    for (const images of [0, 1]) {
      try {
        this.#tokenizer.encode(
          this.#tokenizer.applyChatTemplate(question(PROBE_QUESTION, images), { addGenerationPrompt: true }),
        );
      } catch (error) {
        if (error instanceof NamedError && error.name !== 'OverLimit') continue;
        throw error;
      }
    }
  }

  build(request: PromptRequest, signal?: AbortSignal): Promise<Prompt> {
    return settled(() => buildPrompt({ ...request, tokenizer: this.#tokenizer }), signal);
  }

  async buildAll(
    requests: readonly PromptRequest[],
    signal?: AbortSignal,
  ): Promise<readonly PromiseSettledResult<Prompt>[]> {
    signal?.throwIfAborted();
    return Promise.allSettled(requests.map((request) => this.build(request)));
  }

  encode(texts: readonly string[], signal?: AbortSignal): Promise<readonly (readonly number[])[]> {
    return settled(() => texts.map((text) => this.#tokenizer.encode(text)), signal);
  }

  close(): void {
    // Nothing is held beyond the object itself.
  }
}

/** What is thrown rejects. */
function settled<T>(work: () => T, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve) => {
    signal?.throwIfAborted();
    resolve(work());
  });
}

const PROBE_QUESTION = 'How many red squares are in the picture?';
/** Nested quantifiers over any class of characters show on a long run of them that ends in something else. */
const RUN = 48;
const PROBES: readonly string[] = [
  ...['a', 'A', '1', ' ', '\n', '\t', '.', 'é', '中', 'ab', 'a ', ' a', 'a1', "a'", '\r\n', '._'].flatMap(
    (part) => [part.repeat(RUN), `${part.repeat(RUN)}!`, `${part.repeat(RUN)}\u0000`],
  ),
  `${PROBE_QUESTION} <think>2 + 2 = 4</think> \\boxed{4}\n`,
];
