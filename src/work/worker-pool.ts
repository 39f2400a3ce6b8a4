/** Spreads calls over worker threads. */
import type { Remote } from 'comlink';
import { wrap } from 'comlink';
import { NamedError } from '../named-error.ts';
import { abortable, cancelled } from './cancel.ts';
import { installErrorTransfer } from './error-transfer.ts';

/** A call to what a worker exposes. */
type Call<Service, T> = (service: Remote<Service>) => Promise<T>;

/** A thread that holds something for whoever asked: what is held counts as work to come. */
export interface HoldingThread<Service> {
  call<T>(work: Call<Service, T>): Promise<T>;
  /** Tells it to let go of what it held. */
  release(work: Call<Service, void>): void;
}

export interface WorkerPool<Service> {
  /**
   * Asks the thread with the least to do. When `signal` is aborted the thread ends, and others that it was at reject, too.
   *
   * @param size of the call, against those of the others
   */
  call<T>(work: Call<Service, T>, signal?: AbortSignal, size?: number): Promise<T>;
  /** The thread with the least to do, for several calls about what it is to hold. */
  hold(): HoldingThread<Service>;
  /** Ends the threads; calls under way reject with `Cancelled`. A later call starts new ones. */
  dispose(): void;
}

/** What is said of a thread that died. */
export interface Died {
  /** What its threads do: "reads and converts weights". */
  readonly doing: string;
  readonly remedy: string;
}

interface Thread<Service> {
  readonly worker: Worker;
  readonly service: Remote<Service>;
  /**
   * Takes the pool's listeners off the worker. Comlink holds a worker for as long as its proxy lives: a listener that leads to the proxy would keep
   * both for ever.
   */
  readonly forget: () => void;
  /** How to fail each call it is at, should it end: its answer would never come. */
  readonly calls: Set<(error: NamedError) => void>;
  /** Of all calls that it is at, and of what it holds. */
  load: number;
}

/**
 * A pool of at most `size` threads, each started when a call finds all others busy. `spawn` starts a worker that exposes the
 * service. A call goes to the thread with the least to do.
 *
 * Calls throw what the service throws; NamedError `WorkerFailed` when the thread dies (another takes its place), `Cancelled` when
 * it is ended.
 */
export function workerPool<Service>(spawn: () => Worker, size: number, said: Died): WorkerPool<Service> {
  installErrorTransfer();
  const threads = new Set<Thread<Service>>();

  const end = (thread: Thread<Service>, error: NamedError): void => {
    threads.delete(thread);
    thread.worker.terminate();
    thread.forget();
    for (const fail of thread.calls) fail(error);
  };

  const start = (): Thread<Service> => {
    const worker = spawn();
    const listening = new AbortController();
    const { signal } = listening;
    const forget = (): void => listening.abort();
    const thread: Thread<Service> = {
      worker,
      service: wrap<Service>(worker),
      forget,
      calls: new Set(),
      load: 0,
    };
    const died = (event: Event): void => {
      // Handled here: left alone it would count as an error of the thread that owns the pool.
      event.preventDefault();
      end(thread, workerFailed(event, said));
    };
    worker.addEventListener('error', died, { signal });
    worker.addEventListener('messageerror', died, { signal });
    threads.add(thread);
    return thread;
  };

  const next = (): Thread<Service> => {
    const [first, ...others] = threads;
    if (!first) return start();
    const idlest = others.reduce((a, b) => (b.load < a.load ? b : a), first);
    return idlest.load > 0 && threads.size < size ? start() : idlest;
  };

  const callOn = <T>(
    thread: Thread<Service>,
    work: Call<Service, T>,
    signal: AbortSignal | undefined,
    size = 1,
  ): Promise<T> => {
    thread.load += size;
    // Not a race against the thread's death: a promise that long-lived would hold on to every result.
    const answer = new Promise<T>((resolve, reject) => {
      thread.calls.add(reject);
      work(thread.service)
        .finally(() => {
          thread.calls.delete(reject);
          thread.load -= size;
        })
        .then(resolve, reject);
    });
    return abortable(
      () => answer,
      signal,
      () => end(thread, cancelled()),
    );
  };

  return {
    call: (work, signal, size) => callOn(next(), work, signal, size),
    hold: () => {
      const thread = next();
      thread.load += 1;
      return {
        call: (work) => callOn(thread, work, undefined),
        release: (work) => {
          thread.load -= 1;
          void work(thread.service);
        },
      };
    },
    dispose: () => {
      for (const thread of threads) end(thread, cancelled());
    },
  };
}

function workerFailed(event: Event, { doing, remedy }: Died): NamedError {
  const reason = event instanceof ErrorEvent && event.message !== '' ? ` (${event.message})` : '';
  return new NamedError('WorkerFailed', `a thread that ${doing} stopped${reason}`, {}, remedy);
}
