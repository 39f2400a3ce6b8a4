/** The page's side of reading lists and results: a worker for each, so that the page only ever waits. */
import type { SampleChoice } from '../probes/sampling/choice.ts';
import type { ProxyMarked, Remote } from 'comlink';
import { proxy, wrap } from 'comlink';
import type { Blobs } from '../checkpoint/hub-cache/name-blobs.ts';
import { installErrorTransfer } from '../work/error-transfer.ts';
import { PendingCalls } from '../work/pending-calls.ts';
import type { KnownDonor, OpenedRecipe } from '../merge/open-recipe.ts';
import { NamedError } from '../named-error.ts';
import type { ColumnChoice } from '../probes/data/columns.ts';
import type { Pair } from '../probes/data/pair.ts';
import type { PairFolder, PairFolderOptions } from '../probes/data/pair-folder.ts';
import type { Problem } from '../probes/data/problem.ts';
import type { ItemCounts } from '../evaluation/samples/item-counts.ts';
import type { ItemSets } from '../evaluation/samples/item-sets.ts';
import type { GradedAnswer } from '../evaluation/tables/graded.ts';
import type { JudgeVerdict } from '../remote/judge.ts';
import type { LongWork } from '../work/long-work.ts';
import type { AnyConfig } from '../vlm/weights-folder.ts';
import type { Files, OnBytes, ReadingHost } from './host.ts';
import { type Judgement, judgementFromWire } from './judgement.ts';
import { lookUpSizes } from './look-up-sizes.ts';
import { type ResultTables, tablesFromWire } from './result-tables.ts';
import type { SampleSource } from './sample-source.ts';
import { factsOf, fromWire } from './wire.ts';
import { cancelled, throwIfCancelled } from '../work/cancel.ts';

/** Cancelled work ends at once: its worker does. */
export type ReadWork = Pick<LongWork<never>, 'signal' | 'onProgress'>;

/** Questions of a folder, in their files: drawn when they are asked. */
export interface ItemSource {
  readonly counts: ItemCounts;
  /** The chosen samples of each set. @throws NamedError of what changed since; `WorkerFailed` */
  drawn(choice: SampleChoice): Promise<ItemSets>;
  /** Ends its worker. */
  close(): void;
}

/**
 * Opens a list of problems: all of its rows are checked, and none is kept.
 *
 * @throws NamedError those of `openProblems`; `WorkerFailed`, `Cancelled`
 */
export async function openProblemList(
  path: string,
  files: Files,
  choice: ColumnChoice,
  work: ReadWork = {},
): Promise<SampleSource<Problem>> {
  const worker = new ReadingWorker();
  const { count } = await worker.open(files, work, (host, onBytes) =>
    host.openProblems(path, files, choice, onBytes).then((crossed) => factsOf(crossed)),
  );
  return {
    count,
    at: async (indices) => (await worker.call((host) => host.problemsAt(indices))).map(fromWire<Problem>),
    close: () => worker.close(),
  };
}

/**
 * Opens a folder of questions: all are checked and counted, and none is kept.
 *
 * @throws NamedError those of `openItemFolder`; `WorkerFailed`, `Cancelled`
 */
export async function openItems(
  files: Files,
  choices: ReadonlyMap<string, ColumnChoice>,
  work: ReadWork = {},
): Promise<ItemSource> {
  const worker = new ReadingWorker();
  const counts = await worker.open(files, work, (host, onBytes) =>
    host.openItems(files, choices, onBytes).then((crossed) => factsOf(crossed)),
  );
  return {
    counts,
    async drawn(choice) {
      const sets = Object.entries(await worker.call((host) => host.itemsDrawn(choice)));
      return Object.fromEntries(sets.map(([set, own]) => [set, own.map(fromWire)])) as unknown as ItemSets;
    },
    close: () => worker.close(),
  };
}

/** Reads a folder of pairs. @throws NamedError those of `readPairFolder`; `WorkerFailed`, `Cancelled` */
export async function readPairs(
  files: Files,
  options: PairFolderOptions = {},
  work: ReadWork = {},
): Promise<PairFolder> {
  const worker = new ReadingWorker();
  const pairs: Pair[] = [];
  const onPart = proxy((part: readonly Pair[]) => void pairs.push(...part));
  try {
    const literalImages = await worker.open(files, work, (host, onBytes) =>
      host.readPairs(files, options, onBytes, onPart),
    );
    return { pairs, literalImages };
  } finally {
    worker.close();
  }
}

/** Results that were read; tables over them are worked out by their worker. */
export interface OpenResults {
  readonly answers: readonly GradedAnswer[];
  tables(reference: string): Promise<ResultTables>;
  /** With a judge's verdicts by `verdictKey`. */
  judgement(verdicts: ReadonlyMap<string, JudgeVerdict>, reference: string): Promise<Judgement>;
  /** Ends its worker. */
  close(): void;
}

/** Reads results, handed over in parts. @throws NamedError those of `eachResult`; `WorkerFailed`, `Cancelled` */
export async function openResults(files: Files, work: ReadWork = {}): Promise<OpenResults> {
  const worker = new ReadingWorker();
  const answers: GradedAnswer[] = [];
  const onPart = proxy((part: readonly GradedAnswer[]) => void answers.push(...part));
  await worker.open(files, work, (host, onBytes) => host.readResults(files, onBytes, onPart));
  return {
    answers,
    tables: async (reference) => tablesFromWire(await worker.call((host) => host.tables(reference)), answers),
    judgement: async (verdicts, reference) =>
      judgementFromWire(await worker.call((host) => host.judgement(verdicts, reference)), answers),
    close: () => worker.close(),
  };
}

/**
 * Tells the files of a checkpoint among the blobs of a hub cache, which are Files. @returns hashes by file name
 *
 * @throws NamedError those of `nameBlobs`; `WorkerFailed`, `Cancelled`
 */
export async function nameFiles(
  { folder, repository, sources }: Blobs,
  work: ReadWork = {},
): Promise<ReadonlyMap<string, string>> {
  const worker = new ReadingWorker();
  try {
    const files = sources as ReadonlyMap<string, File>;
    return await worker.open(files, work, (host) => host.nameBlobs(folder, repository, files));
  } finally {
    worker.close();
  }
}

/** The slowest recipe that is allowed takes a second; a machine may be busy. */
const RECIPE_MS = 10_000;

/**
 * Reads a recipe of ours or of mergekit; one that takes for ever is given up.
 *
 * @throws NamedError those of `openRecipe`; `RecipeTooSlow`, `WorkerFailed`
 */
export async function readRecipeFile(
  file: File,
  config: AnyConfig,
  donors: readonly KnownDonor[],
  within = RECIPE_MS,
): Promise<OpenedRecipe> {
  const worker = new ReadingWorker();
  const tooSlow = new NamedError(
    'RecipeTooSlow',
    `the recipe was not read within ${within / 1000} s`,
    { file: file.name },
    'write it shorter: fewer keys, no deep nesting, no chains of aliases',
  );
  const late = setTimeout(() => worker.close(tooSlow), within);
  try {
    return await worker.call((host) => host.openRecipe(file, config, donors));
  } finally {
    clearTimeout(late);
    worker.close();
  }
}

class ReadingWorker {
  readonly #worker = spawn();
  readonly #calls = new PendingCalls();
  readonly #host: Remote<ReadingHost>;

  constructor() {
    installErrorTransfer();
    const worker = this.#worker;
    worker.onerror = ({ message }) => {
      const what = message || 'the worker that reads files did not start';
      this.#calls.rejectAll(
        new NamedError('WorkerFailed', what, {}, 'reload the page and choose the files again'),
      );
    };
    this.#host = wrap<ReadingHost>(worker);
  }

  call<Result>(work: (host: Remote<ReadingHost>) => Promise<Result>): Promise<Result> {
    return this.#calls.guard(work(this.#host));
  }

  /** Opens what the worker is for, of these files; it ends with the failure. */
  async open<Result>(
    files: Files,
    { signal, onProgress }: ReadWork,
    work: (host: Remote<ReadingHost>, onBytes: OnBytes & ProxyMarked) => Promise<Result>,
  ): Promise<Result> {
    const end = (): void => this.close();
    signal?.addEventListener('abort', end);
    try {
      await lookUpSizes(files.values());
      throwIfCancelled(signal);
      const onBytes = proxy((done: number, total: number) =>
        onProgress?.({ phase: 'reading', done, total, unit: 'bytes' }),
      );
      return await this.call((host) => work(host, onBytes));
    } catch (error) {
      this.close();
      throw error;
    } finally {
      signal?.removeEventListener('abort', end);
    }
  }

  /** What it is asked about from now on, or still is, rejects. */
  close(reason = cancelled()): void {
    this.#calls.rejectAll(reason);
    this.#worker.terminate();
    // Comlink holds the worker while its proxy lives, to which the listener leads: both would stay for ever.
    this.#worker.onerror = null;
  }
}

function spawn(): Worker {
  return new Worker(new URL('../../workers/reading.ts', import.meta.url), {
    type: 'module',
    name: 'reading',
  });
}
