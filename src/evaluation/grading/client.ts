/** Grading away from the page: a worker, replaced where it hangs or dies; without workers, as in Node, in place. */
import { wrap } from 'comlink';
import type { Grade } from '../../grading/grade.ts';
import { NOT_DECIDED } from '../../grading/steps.ts';
import { NamedError } from '../../named-error.ts';
import type { AblationRequest, GradedResponse } from '../../probes/ablation/grade.ts';
import type { GradeRequest } from '../tables/graded.ts';
import { GradingHost } from './host.ts';

/** What a grader does, here or in a worker. */
export type Grading = {
  readonly [Method in keyof GradingHost]: (
    ...given: Parameters<GradingHost[Method]>
  ) => Promise<Awaited<ReturnType<GradingHost[Method]>>>;
};

/** Graded at once: some milliseconds of answers as people write them. */
const BATCH = 50;
/**
 * A verdict ends by its steps within a tenth of a second; a worker that needs a hundred times as long does not come back.
 */
const DEADLINE_MS = 10_000;

/** Of an answer that hung the worker. */
const HUNG: Grade = { correct: false, predicted: { text: '', from: 'none' }, rule: NOT_DECIDED };
const HUNG_ABLATION: GradedResponse = {
  ...{ predicted: '', correct: false, undecided: true, withAnswerTag: false, withThought: false },
};

interface Batches<Request, Result> {
  readonly requests: readonly Request[];
  readonly ask: (host: Grading, batch: readonly Request[]) => Promise<readonly Result[]>;
  readonly onBatch: (results: readonly Result[], from: number) => void;
  readonly hung: Result;
}

/** A grader in a worker of its own. */
export class Grader {
  readonly #spawn: (() => Worker) | null;
  readonly #deadline: number;
  #worker: Worker | null = null;
  #host: Grading | null = null;

  constructor(spawn: (() => Worker) | null = spawnGrading, deadline = DEADLINE_MS) {
    this.#spawn = spawn;
    this.#deadline = deadline;
  }

  /**
   * Grades answers in order, each batch told as it is done. An answer that hangs the worker is `not decided in time`, and the
   * others go on in a new one.
   *
   * @throws NamedError `WorkerFailed` where no worker starts; the signal's reason where it is aborted
   */
  async grade(
    requests: readonly GradeRequest[],
    onBatch: (grades: readonly Grade[], from: number) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    return this.#inBatches(
      { requests, onBatch, ask: (host, batch) => host.grade(batch), hung: HUNG },
      signal,
    );
  }

  /** The same for answers to ablated layers. @throws NamedError `WorkerFailed` */
  async gradeAblations(
    requests: readonly AblationRequest[],
    onBatch: (grades: readonly GradedResponse[], from: number) => void,
  ): Promise<void> {
    return this.#inBatches({
      ...{
        requests,
        onBatch,
        ask: (host: Grading, batch: readonly AblationRequest[]) => host.gradeAblations(batch),
      },
      hung: HUNG_ABLATION,
    });
  }

  async #inBatches<Request, Result>(work: Batches<Request, Result>, signal?: AbortSignal): Promise<void> {
    const { requests, onBatch, ask } = work;
    for (let from = 0; from < requests.length; from += BATCH) {
      signal?.throwIfAborted();
      const batch = requests.slice(from, from + BATCH);
      const grades = await this.#within((host) => ask(host, batch), this.#deadline);
      onBatch(grades ?? (await this.#oneByOne(work, batch, signal)), from);
    }
  }

  /** Work of some minutes at most, in the worker. @throws NamedError `WorkerFailed` */
  async run<T>(call: (host: Grading) => Promise<T>): Promise<T> {
    return (await this.#within(call, null)) as T;
  }

  end(): void {
    this.#worker?.terminate();
    this.#worker = this.#host = null;
  }

  async #oneByOne<Request, Result>(
    { ask, hung }: Batches<Request, Result>,
    batch: readonly Request[],
    signal?: AbortSignal,
  ): Promise<readonly Result[]> {
    const grades: Result[] = [];
    for (const request of batch) {
      signal?.throwIfAborted();
      const alone = await this.#within((host) => ask(host, [request]), this.#deadline);
      grades.push(alone?.[0] ?? hung);
    }
    return grades;
  }

  /** What the worker says; undefined where it does not within the deadline, and is replaced. */
  async #within<T>(call: (host: Grading) => Promise<T>, deadline: number | null): Promise<T | undefined> {
    const host = this.#open();
    const worker = this.#worker;
    if (!worker) return call(host);
    let stop = (): void => undefined;
    const silence = new Promise<undefined>((resolve, reject) => {
      const timer = deadline === null ? undefined : setTimeout(resolve, deadline);
      const failed = ({ message }: ErrorEvent): void => reject(didNotStart(message));
      worker.addEventListener('error', failed);
      stop = () => {
        clearTimeout(timer);
        worker.removeEventListener('error', failed);
      };
    });
    try {
      const answer = await Promise.race([call(host), silence]);
      if (answer === undefined) this.end();
      return answer;
    } catch (error) {
      this.end();
      throw error;
    } finally {
      stop();
    }
  }

  #open(): Grading {
    if (this.#host) return this.#host;
    if (!this.#spawn || typeof Worker === 'undefined') return (this.#host = inPlace());
    this.#worker = this.#spawn();
    return (this.#host = wrap<GradingHost>(this.#worker));
  }
}

function didNotStart(message: string): NamedError {
  const what = message || 'the worker that grades answers did not start';
  return new NamedError('WorkerFailed', what, {}, 'reload the page; the answers are kept');
}

function inPlace(): Grading {
  const host = new GradingHost();
  return {
    grade: (requests) => Promise.resolve(host.grade(requests)),
    gradeAblations: (requests) => Promise.resolve(host.gradeAblations(requests)),
    scores: (lists) => Promise.resolve(host.scores(lists)),
    gapModels: (...given) => Promise.resolve(host.gapModels(...given)),
    gapSummary: (graded, seed, facts) => Promise.resolve(host.gapSummary(graded, seed, facts)),
  };
}

function spawnGrading(): Worker {
  return new Worker(new URL('../../../workers/grading.ts', import.meta.url), {
    type: 'module',
    name: 'grading',
  });
}
