/** A folder's tokenizer and template as they live in a worker of their own, which is ended when they do not end. */
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { NamedError } from '../../named-error.ts';
import type { OnFile, PromptRequest } from '../../vlm/prompt-maker.ts';
import { LocalPromptMaker } from '../../vlm/prompt-maker.ts';
import type { Prompt } from '../../vlm/prompt.ts';
import { reason } from '../../vlm/tokenizer.ts';

export class PromptHost {
  #maker: LocalPromptMaker | undefined;

  /** Answered once the worker's modules have come and run. */
  started(): void {
    // That it answers is all that is asked.
  }

  /**
   * Makes tokenizer and template ready and tries them (`LocalPromptMaker.probe`); resolves to their notices.
   *
   * @param onFile told, here and later, which file is at work
   */
  async open(files: CheckpointFiles, onFile: OnFile): Promise<readonly string[]> {
    const tell = whenItChanges(onFile);
    this.#maker = await named(async () => {
      const maker = await LocalPromptMaker.open(files, tell);
      maker.probe();
      return maker;
    });
    return this.#maker.notices;
  }

  build(request: PromptRequest): Promise<Prompt> {
    return named(() => this.#ready().build(request));
  }

  encode(texts: readonly string[]): Promise<readonly (readonly number[])[]> {
    return named(() => this.#ready().encode(texts));
  }

  #ready(): LocalPromptMaker {
    if (!this.#maker) throw new Error('the tokenizer was not opened');
    return this.#maker;
  }
}

function whenItChanges(onFile: OnFile): OnFile {
  let last: string | undefined;
  return (file) => {
    if (file === last) return;
    last = file;
    onFile(file);
  };
}

/** Patterns and tables can fail in the words of the JavaScript engine: those are no use to a person. */
async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof NamedError) throw cause;
    throw new NamedError(
      'InvalidTokenizer',
      `tokenizer.json cannot be used: ${reason(cause)}`,
      { file: 'tokenizer.json' },
      'Use the tokenizer.json of the model this checkpoint was made from.',
      { cause },
    );
  }
}
