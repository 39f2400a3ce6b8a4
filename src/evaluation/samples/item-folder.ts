import { NamedError } from '../../named-error.ts';
import type { ColumnChoice } from '../../probes/data/columns.ts';
import type { FolderReading, Reading } from '../../probes/data/file-pieces.ts';
import { openProblems, type ProblemList } from '../../probes/data/problem-list.ts';
import { LIST_FORMATS, listsAmong } from '../../probes/data/row-file.ts';
import { firstRepeat, NameTable } from '../../probes/data/row-names.ts';
import { sampleIndices, type SampleChoice } from '../../probes/sampling/choice.ts';
import { Descriptions } from './descriptions.ts';
import type { ItemCounts } from './item-counts.ts';
import { ITEM_SETS, ItemRows, type ItemSet, setOf } from './item-rows.ts';
import { extras, sampleOf } from './sample-file.ts';
import type { ItemSets } from './item-sets.ts';
import type { EvaluationSample } from './sample.ts';

/**
 * Opens the questions of every list (JSONL, Parquet, TSV, CSV) below a folder and sorts them: MathVista's categories `general-vqa`
 * and `math-targeted-vqa`, text-only problems, and puzzles. A `descriptions.jsonl` of `id, description` describes the images of
 * lists that do not themselves, as MathVista's. The lists stay on disk. `choiceOf` says of each list which columns hold what,
 * where their names are not known.
 *
 * @throws NamedError `NoProblems`, `DuplicateId`, `UnknownSample`; those of `openProblems`.
 */
export async function openItemFolder(
  files: ReadonlyMap<string, Blob>,
  choiceOf: (path: string) => ColumnChoice = () => ({}),
  { onBytes, ...reading }: FolderReading = {},
): Promise<OpenItems> {
  const found = listsAmong(files.keys());
  const isDescriptions = (path: string): boolean => path.split('/').at(-1) === 'descriptions.jsonl';
  const paths = found.filter((path) => !isDescriptions(path));
  if (paths.length === 0) {
    throw new NamedError(
      'NoProblems',
      `none of the ${files.size} files is ${LIST_FORMATS}`,
      {},
      'give a folder of general-vqa.jsonl, math-targeted-vqa.jsonl, problems.jsonl, or MathVista and MATH-500',
    );
  }
  const sizeOf = (path: string): number => files.get(path)?.size ?? 0;
  const total = found.reduce((sum, path) => sum + sizeOf(path), 0);
  let before = 0;
  const own = (): Reading => ({ ...reading, onBytes: (done) => onBytes?.(before + done, total) });
  const rows = new ItemRows();
  const lists: OpenList[] = [];
  let first = 0;
  for (const path of paths) {
    const choice = choiceOf(path);
    const start = first;
    const list = await openProblems(path, files, choice, own(), (row, index, pictures) => {
      const { category, description } = extras(row, choice);
      rows.add(start + index, setOf(pictures > 0, category), category, description !== undefined);
    });
    lists.push({ list, choice, first });
    first += list.count;
    before += sizeOf(path);
  }
  const items = new OpenItems(rows, lists, first);
  for (const path of found.filter(isDescriptions)) {
    await items.describe(files.get(path) as Blob, path, own());
    before += sizeOf(path);
  }
  await items.checkNames();
  return items;
}

interface OpenList {
  readonly list: ProblemList;
  readonly choice: ColumnChoice;
  /** The number of its first row, counted through all lists. */
  readonly first: number;
}

/** Questions of a folder, which stay in its files. */
export class OpenItems {
  readonly #rows: ItemRows;
  readonly #lists: readonly OpenList[];
  readonly #count: number;
  readonly #descriptions: Descriptions[] = [];
  #known: NameTable | undefined;

  constructor(rows: ItemRows, lists: readonly OpenList[], count: number) {
    this.#rows = rows;
    this.#lists = lists;
    this.#count = count;
  }

  get counts(): ItemCounts {
    return this.#rows.counts((row) => this.#descriptions.some((file) => file.has(this.#hashOf(row))));
  }

  /** The chosen samples of each set, in their order. @throws NamedError of what changed since */
  async drawn(choice: SampleChoice, reading?: Pick<Reading, 'signal'>): Promise<ItemSets> {
    const sets: Partial<Record<ItemSet, readonly EvaluationSample[]>> = {};
    for (const set of ITEM_SETS) {
      const all = this.#rows.of(set);
      const chosen = sampleIndices(all.length, choice);
      sets[set] = await this.#read(
        chosen.map((index) => all[index] as number),
        reading,
      );
    }
    return sets as ItemSets;
  }

  /** Takes descriptions from a file. @throws NamedError those of `Descriptions.open` */
  async describe(file: Blob, path: string, reading: Reading): Promise<void> {
    if (!this.#known) {
      this.#known = new NameTable(this.#count, (row) => this.#hashOf(row));
      for (let row = 0; row < this.#count; row++) this.#known.add(row);
    }
    const known = this.#known;
    const isKnown = (hash: number): boolean => known.last(hash) !== undefined;
    this.#descriptions.push(await Descriptions.open(file, path, isKnown, reading));
  }

  /** @throws NamedError `DuplicateId` where two samples of a set share an id. */
  async checkNames(): Promise<void> {
    this.#known = undefined;
    for (const set of ITEM_SETS) {
      const rows = this.#rows.of(set);
      const nameAt = async (index: number): Promise<string> => {
        const [sample] = await this.#read([rows[index] as number]);
        return sample?.id ?? '';
      };
      const isSame = async (a: number, b: number): Promise<boolean> =>
        (await nameAt(a)) === (await nameAt(b));
      const repeated = await firstRepeat(rows.length, (index) => this.#hashOf(rows[index] as number), isSame);
      if (repeated === undefined) continue;
      const remedy = 'give each question its own id, or one list at a time';
      const what = `two questions are called ${await nameAt(repeated)}`;
      throw new NamedError('DuplicateId', what, { field: 'id' }, remedy);
    }
  }

  #hashOf(row: number): number {
    const { list, first } = this.#listOf(row);
    return list.hashOf(row - first);
  }

  #listOf(row: number): OpenList {
    return this.#lists.findLast(({ first }) => first <= row) as OpenList;
  }

  async #read(
    rows: readonly number[],
    reading?: Pick<Reading, 'signal'>,
  ): Promise<readonly EvaluationSample[]> {
    const samples: EvaluationSample[] = [];
    for (const { list, choice, first } of this.#lists) {
      const own = rows.filter((row) => row >= first && row < first + list.count).map((row) => row - first);
      for (const found of await list.at(own, reading))
        samples.push(await this.#described(sampleOf(found, choice)));
    }
    return samples;
  }

  /** With what the last of the files says of it. */
  async #described(sample: EvaluationSample): Promise<EvaluationSample> {
    for (const file of [...this.#descriptions].reverse()) {
      const description = await file.of(sample.id);
      if (description !== undefined) return { ...sample, description };
    }
    return sample;
  }
}
