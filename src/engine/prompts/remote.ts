/** A folder's tokenizer and template in a worker that is ended when it does not answer, and started again for the next prompt. */
import type { Remote } from 'comlink';
import { proxy, wrap } from 'comlink';
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { NamedError } from '../../named-error.ts';
import type { PromptMaker, PromptRequest } from '../../vlm/prompt-maker.ts';
import type { Prompt } from '../../vlm/prompt.ts';
import { tokenizerFilesOf } from '../../vlm/tokenizer-files.ts';
import { PendingCalls } from '../../work/pending-calls.ts';
import { SerialQueue } from '../../work/queue.ts';
import type { PromptHost } from './host.ts';

/** Milliseconds that work may take before its worker is ended. */
export interface Deadlines {
  /** Until the worker's own modules have come and run: nothing of the folder takes part. */
  readonly start: number;
  /**
   * Making the folder's files ready, and probes: Qwen2.5-VL's take 0.6 s, the largest that are taken 2 s. With what the engine
   * reads before, a folder that never ends is refused within 5 s.
   */
  readonly open: number;
  /** So many times as long as the start took it may take as well: a worker starts in some 0.2 s, on a busy machine later. */
  readonly openPerStart: number;
  /** A prompt: one of 100,000 tokens takes some 2 s. */
  readonly prompt: number;
  /** What cancelled work may still take: mostly it ends by itself, and a new worker costs a second. */
  readonly cancelled: number;
}

const DEADLINES: Deadlines = {
  start: 30_000,
  open: 3000,
  openPerStart: 10,
  prompt: 20_000,
  cancelled: 1000,
};
/** This thread may have been held up itself: an answer that waits in its queue counts as given. */
const ANSWER_WAITS = 200;

type Host = Remote<PromptHost>;

/** The worker, from one start to its end. */
interface Thread {
  readonly worker: Worker;
  readonly host: Host;
  readonly calls: PendingCalls;
  /** What the worker said that it works on. */
  file: string;
}

export class RemotePromptMaker implements PromptMaker {
  readonly #spawn: () => Worker;
  readonly #files: CheckpointFiles;
  readonly #deadlines: Deadlines;
  /** One piece of work at a time, so that ending the worker ends no other. */
  readonly #queue = new SerialQueue();
  #thread: Thread | null = null;
  #notices: readonly string[] = [];

  private constructor(spawn: () => Worker, files: CheckpointFiles, deadlines: Deadlines) {
    this.#spawn = spawn;
    this.#files = files;
    this.#deadlines = deadlines;
  }

  /**
   * Makes them ready in a new worker, and tries them on harmless texts.
   *
   * @throws NamedError those of `LocalPromptMaker.open` and `probe`; `NotInTime` where they do not end; `WorkerFailed`; the
   * signal's reason
   */
  static async open(
    spawn: () => Worker,
    files: CheckpointFiles,
    signal?: AbortSignal,
    deadlines = DEADLINES,
  ): Promise<RemotePromptMaker> {
    const maker = new RemotePromptMaker(spawn, await tokenizerFilesOf(files), deadlines);
    try {
      await maker.#inTurn(() => maker.#begin(signal), signal);
    } catch (error) {
      maker.close();
      throw error;
    }
    return maker;
  }

  get notices(): readonly string[] {
    return this.#notices;
  }

  build(request: PromptRequest, signal?: AbortSignal): Promise<Prompt> {
    return this.#run((host) => host.build(request), signal);
  }

  /** All are sent at once; the worker makes one after another, each in a prompt's time. */
  buildAll(
    requests: readonly PromptRequest[],
    signal?: AbortSignal,
  ): Promise<readonly PromiseSettledResult<Prompt>[]> {
    return this.#inTurn(async () => {
      if (requests.length === 0) return [];
      const thread = this.#thread ?? (await this.#begin(signal));
      const built = requests.map((request) => thread.host.build(request));
      const results: PromiseSettledResult<Prompt>[] = [];
      // Those whose turn has not come may fail, too.
      for (const prompt of built) prompt.catch(() => undefined);
      for (const prompt of built) {
        const [result] = await Promise.allSettled([
          this.#within(thread, prompt, this.#deadlines.prompt, notInTime, signal),
        ]);
        results.push(result);
      }
      return results;
    }, signal);
  }

  encode(texts: readonly string[], signal?: AbortSignal): Promise<readonly (readonly number[])[]> {
    return this.#run((host) => host.encode(texts), signal);
  }

  close(): void {
    if (this.#thread)
      this.#end(this.#thread, new NamedError('Closed', 'the folder was closed', {}, 'open it again'));
  }

  #run<T>(work: (host: Host) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#inTurn(async () => {
      const thread = this.#thread ?? (await this.#begin(signal));
      return this.#within(thread, work(thread.host), this.#deadlines.prompt, notInTime, signal);
    }, signal);
  }

  /** Settles as `work` does, after all before it; on an abort at once, whatever the worker does. */
  #inTurn<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const aborted = (): void => reject(signal?.reason as Error);
      if (signal?.aborted) aborted();
      signal?.addEventListener('abort', aborted);
      this.#queue
        .add(work, signal)
        .then(resolve, reject)
        .finally(() => signal?.removeEventListener('abort', aborted));
    });
  }

  async #begin(signal?: AbortSignal): Promise<Thread> {
    const worker = this.#spawn();
    const thread: Thread = {
      worker,
      host: wrap<PromptHost>(worker),
      calls: new PendingCalls(),
      file: 'tokenizer.json',
    };
    this.#thread = thread;
    worker.onerror = (event) => {
      event.preventDefault();
      const what = event.message || 'the worker of the tokenizer could not be started';
      this.#end(thread, new NamedError('WorkerFailed', what, { file: thread.file }, 'open the folder again'));
    };
    const onFile = proxy((file: string): void => void (thread.file = file));
    try {
      const begun = performance.now();
      await this.#within(thread, thread.host.started(), this.#deadlines.start, notStarted, signal);
      const { start, open, openPerStart } = this.#deadlines;
      const granted = Math.min(start, Math.max(open, openPerStart * (performance.now() - begun)));
      this.#notices = await this.#within(
        thread,
        thread.host.open(this.#files, onFile),
        granted,
        notInTime,
        signal,
      );
    } catch (error) {
      this.#end(thread, error as Error);
      throw error;
    }
    return thread;
  }

  async #within<T>(
    thread: Thread,
    work: Promise<T>,
    deadline: number,
    late: (file: string, deadline: number) => NamedError,
    signal?: AbortSignal,
  ): Promise<T> {
    const end = (): void => {
      timer = setTimeout(() => this.#end(thread, late(thread.file, deadline)), ANSWER_WAITS);
    };
    let timer = setTimeout(end, deadline);
    const hurry = (): void => {
      clearTimeout(timer);
      timer = setTimeout(end, Math.min(deadline, this.#deadlines.cancelled));
    };
    signal?.addEventListener('abort', hurry);
    if (signal?.aborted) hurry();
    try {
      return await thread.calls.guard(work);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', hurry);
    }
  }

  #end(thread: Thread, reason: Error): void {
    thread.worker.terminate();
    // Comlink holds the worker while its proxy lives, to which the listener leads: both would stay for ever.
    thread.worker.onerror = null;
    if (this.#thread === thread) this.#thread = null;
    thread.calls.rejectAll(reason);
  }
}

function notInTime(file: string, deadline: number): NamedError {
  const what = file === 'tokenizer.json' ? 'the tokenizer' : 'the chat template';
  return new NamedError(
    'NotInTime',
    `${what} did not come to an end within ${(deadline / 1000).toFixed()} s and was stopped`,
    { file },
    `use the ${file} of the model this checkpoint was made from`,
  );
}

function notStarted(_: string, deadline: number): NamedError {
  return new NamedError(
    'WorkerFailed',
    `the worker of the tokenizer did not start within ${deadline / 1000} s`,
    {},
    'open the folder again; if it stays so, reload the page',
  );
}
