/** The worker's side of reading what a person brings: lists and results are parsed here, and stay on disk. */
import type { SampleChoice } from '../probes/sampling/choice.ts';
import { nameBlobs } from '../checkpoint/hub-cache/name-blobs.ts';
import { type KnownDonor, type OpenedRecipe, openRecipe } from '../merge/open-recipe.ts';
import type { ColumnChoice } from '../probes/data/columns.ts';
import type { Pair } from '../probes/data/pair.ts';
import { type PairFolderOptions, readPairFolder } from '../probes/data/pair-folder.ts';
import type { Problem } from '../probes/data/problem.ts';
import { openProblems, type ProblemList } from '../probes/data/problem-list.ts';
import type { ItemCounts } from '../evaluation/samples/item-counts.ts';
import { openItemFolder, type OpenItems } from '../evaluation/samples/item-folder.ts';
import type { ItemSets } from '../evaluation/samples/item-sets.ts';
import type { ItemSet } from '../evaluation/samples/item-rows.ts';
import type { EvaluationSample } from '../evaluation/samples/sample.ts';
import { eachResult } from '../evaluation/results/read.ts';
import type { GradedAnswer } from '../evaluation/tables/graded.ts';
import type { JudgeVerdict } from '../remote/judge.ts';
import { judgementToWire, type WireJudgement } from './judgement.ts';
import { type ResultTables, tablesToWire, type WireRow } from './result-tables.ts';
import type { AnyConfig } from '../vlm/weights-folder.ts';
import { type Opened, opened, toWire, type WirePictured } from './wire.ts';

export type Files = ReadonlyMap<string, Blob>;
/** Told of bytes that are done, of all. */
export type OnBytes = (done: number, total: number) => unknown;
export type WireSets = Readonly<Record<ItemSet, readonly WirePictured<EvaluationSample>[]>>;

/** Handed over at once, about: a page takes some milliseconds for it. */
const PART_CHARACTERS = 2 ** 18;
const PART_RECORDS = 500;
const PART_PAIRS = 100;
/** More often nobody reads it. */
const REPORT_EVERY_MS = 100;

/** One list, folder or set of results; a worker of its own for each. */
export class ReadingHost {
  #list: ProblemList | undefined;
  #items: OpenItems | undefined;
  #answers: readonly GradedAnswer[] = [];

  /** @throws NamedError those of `openProblems` */
  openProblems(
    path: string,
    files: Files,
    choice: ColumnChoice,
    onBytes: OnBytes,
  ): Promise<Opened<{ readonly count: number }>> {
    const total = files.get(path)?.size ?? 0;
    const tell = throttled(onBytes);
    const reading = { onBytes: (done: number): void => tell(done, total) };
    return opened(
      openProblems(path, files, choice, reading).then((list) => {
        this.#list = list;
        return { count: list.count };
      }),
    );
  }

  /** Problems of the open list. @throws NamedError of what changed since */
  async problemsAt(indices: readonly number[]): Promise<readonly WirePictured<Problem>[]> {
    const found = await this.#list?.at(indices);
    return (found ?? []).map(({ problem }) => toWire(problem));
  }

  /** @throws NamedError those of `openItemFolder` */
  openItems(
    files: Files,
    choices: ReadonlyMap<string, ColumnChoice>,
    onBytes: OnBytes,
  ): Promise<Opened<ItemCounts>> {
    const opening = openItemFolder(files, (path) => choices.get(path) ?? {}, { onBytes: throttled(onBytes) });
    return opened(
      opening.then((items) => {
        this.#items = items;
        return items.counts;
      }),
    );
  }

  /** Of the open folder. @throws NamedError of what changed since */
  async itemsDrawn(choice: SampleChoice): Promise<WireSets> {
    const sets = (await this.#items?.drawn(choice)) as ItemSets;
    const wire = (set: ItemSet): readonly WirePictured<EvaluationSample>[] => sets[set].map(toWire);
    return {
      ...{ general: wire('general'), mathTargeted: wire('mathTargeted') },
      ...{ textOnly: wire('textOnly'), puzzles: wire('puzzles') },
    };
  }

  /** Hands pairs over in parts. @returns prompts that began with a literal `<image>` @throws NamedError those of `readPairFolder` */
  async readPairs(
    files: Files,
    options: PairFolderOptions,
    onBytes: OnBytes,
    onPart: (part: readonly Pair[]) => unknown,
  ): Promise<number> {
    const { pairs, literalImages } = await readPairFolder(files, options, { onBytes: throttled(onBytes) });
    for (let at = 0; at < pairs.length; at += PART_PAIRS) await onPart(pairs.slice(at, at + PART_PAIRS));
    return literalImages;
  }

  /** Hands results over in parts, and keeps them for what is asked of them next. @throws NamedError those of `eachResult` */
  async readResults(
    files: Files,
    onBytes: OnBytes,
    onPart: (part: readonly GradedAnswer[]) => unknown,
  ): Promise<void> {
    const answers: GradedAnswer[] = [];
    let [from, characters] = [0, 0];
    const hand = async (): Promise<void> => {
      // The page is waited for, or parts would pile up before it.
      await onPart(answers.slice(from));
      [from, characters] = [answers.length, 0];
    };
    await eachResult(
      files,
      (answer) => {
        answers.push(answer);
        characters += answer.question.length + answer.response.length;
        const isEnough = characters >= PART_CHARACTERS || answers.length - from >= PART_RECORDS;
        return isEnough ? hand() : undefined;
      },
      { onBytes: throttled(onBytes) },
    );
    await hand();
    this.#answers = answers;
  }

  /** Hashes by file name. @throws NamedError those of `nameBlobs` */
  nameBlobs(
    folder: string,
    repository: string | undefined,
    sources: ReadonlyMap<string, File>,
  ): Promise<ReadonlyMap<string, string>> {
    return nameBlobs({ folder, repository, sources });
  }

  /** @throws NamedError those of `openRecipe` */
  openRecipe(file: File, config: AnyConfig, donors: readonly KnownDonor[]): Promise<OpenedRecipe> {
    return openRecipe(file, config, donors);
  }

  /** Of the results that were read, against a reference variant. */
  tables(reference: string): ResultTables<WireRow> {
    return tablesToWire(this.#answers, reference);
  }

  /** Of the results that were read, with a judge's verdicts. */
  judgement(verdicts: ReadonlyMap<string, JudgeVerdict>, reference: string): Promise<WireJudgement> {
    return judgementToWire(this.#answers, verdicts, reference);
  }
}

function throttled(onBytes: OnBytes): (done: number, total: number) => void {
  let reported = -Infinity;
  return (done, total) => {
    const now = performance.now();
    if (now - reported < REPORT_EVERY_MS && done < total) return;
    reported = now;
    onBytes(done, total);
  };
}
