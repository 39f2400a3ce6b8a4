/**
 * The committed sets of `dataset/data` for whoever asks models about them: pairs, problems, visual questions, puzzles.
 * In the page each set is fetched once, when it is first asked for; elsewhere a `ReadSet` says where it lies.
 */
import { NamedError } from '../named-error.ts';
import type { Json } from '../../dataset/generator/item.ts';
import type { FamilyName } from '../../dataset/generator/puzzles/families.ts';
import type { JsonLine } from '../probes/data/json-lines.ts';
import { readJsonLines, textField } from '../probes/data/json-lines.ts';
import { readPairFolder } from '../probes/data/pair-folder.ts';
import type { Pair } from '../probes/data/pair.ts';
import type { Problem } from '../probes/data/problem.ts';
import type { Task } from '../probes/task.ts';

export type PairSet = 'pairs' | 'minimal-pairs';
export type QuestionKind = 'general-vqa' | 'math-targeted-vqa';
export type SetName = `${PairSet}-${Task}` | 'items';

/** A set's files by path relative to `dataset/data`. */
export type SetFiles = ReadonlyMap<string, Blob>;
export type ReadSet = (name: SetName) => Promise<SetFiles>;

/** What the generator knows of an item besides question and answer. */
interface Known {
  /** From 1, the easiest. */
  readonly level: number;
  readonly questionType: string;
  /** A short way to the answer. */
  readonly rationale: string;
  /** Of its content; see dataset/README.md. */
  readonly hash: string;
}

export interface ProblemItem extends Problem, Known {
  readonly level: number;
}

export interface QuestionItem extends Problem, Known {
  readonly level: number;
  readonly image: Blob;
  /** What is visible, by rule: never the answer. */
  readonly description: string;
  /** `general-vqa`, `math-targeted-vqa`, or a puzzle's family. */
  readonly category: string;
  /** What kind of picture it is: scene, chart, table, clock, …; empty for puzzles. */
  readonly context: string;
}

export interface PuzzleItem extends QuestionItem {
  readonly category: FamilyName;
  readonly domain: 'in-domain' | 'out-of-domain';
  /** What `PUZZLE_FAMILIES[category].verify` takes. */
  readonly state: Json;
  readonly solution: readonly Json[];
}

/**
 * Pairs of a task: 100 unlike ones, or 25 of `minimal-pairs`, whose pictures differ in one thing.
 *
 * @throws NamedError `SetNotFound`, `DamagedArchive`, and those of `readPairFolder`.
 */
export async function loadPairs(
  task: Task,
  { set = 'pairs', read = fetchSet }: { readonly set?: PairSet; readonly read?: ReadSet } = {},
): Promise<readonly Pair[]> {
  return (await readPairFolder(await read(`${set}-${task}`))).pairs;
}

/** The 300 text-only problems. @throws NamedError as `loadPairs`, and `BadJsonLine`, `MissingField`. */
export async function loadProblems(read: ReadSet = fetchSet): Promise<readonly ProblemItem[]> {
  return readItems(await read('items'), 'problems', (line, path) => ({
    ...asked(line, path),
    ...known(line, path),
  }));
}

/** The 100 visual questions of a kind. @throws NamedError as `loadProblems`, and `MissingImage`. */
export async function loadQuestions(
  kind: QuestionKind,
  read: ReadSet = fetchSet,
): Promise<readonly QuestionItem[]> {
  return readItems(await read('items'), kind, question);
}

/** Puzzles, 25 of each family; of one where `family` names it. @throws NamedError as `loadQuestions`. */
export async function loadPuzzles(
  family?: FamilyName,
  read: ReadSet = fetchSet,
): Promise<readonly PuzzleItem[]> {
  const all = await readItems(await read('items'), 'puzzles', (line, path, files) => ({
    ...question(line, path, files),
    category: textField(line, path, 'category') as FamilyName,
    domain:
      textField(line, path, 'domain') === 'out-of-domain'
        ? ('out-of-domain' as const)
        : ('in-domain' as const),
    state: (line.value['state'] ?? null) as Json,
    solution: (line.value['solution'] ?? []) as readonly Json[],
  }));
  return family === undefined ? all : all.filter(({ category }) => category === family);
}

const fetched = new Map<SetName, Promise<SetFiles>>();

/** Fetches `data/<name>.zip` beside the page, once; a failure is forgotten, so that it can be tried again. */
export const fetchSet: ReadSet = (name) => {
  const before = fetched.get(name);
  if (before) return before;
  const path = `data/${name}.zip`;
  const now = fetchArchive(path).then(async (archive) => {
    const { readSetArchive } = await import('./set-archive.ts');
    return readSetArchive(archive, path);
  });
  fetched.set(name, now);
  now.catch(() => fetched.delete(name));
  return now;
};

/** An archive of the `data` folder beside the page. @throws NamedError `SetNotFound` */
export async function fetchArchive(path: string): Promise<Blob> {
  const fail = (what: string, cause?: unknown): NamedError =>
    new NamedError(
      'SetNotFound',
      what,
      { file: path },
      'the sets lie in the data folder beside the page: check the connection, or build the app again',
      { cause },
    );
  // Asked for again: sets belong to the app's version, and a host may let browsers keep the ones before.
  const response = await fetch(new URL(path, document.baseURI), { cache: 'no-cache' }).catch(
    (cause: unknown) => {
      throw fail('the set could not be fetched', cause);
    },
  );
  if (!response.ok) throw fail(`the server answered ${response.status}`);
  return response.blob();
}

async function readItems<Item>(
  files: SetFiles,
  name: string,
  item: (line: JsonLine, path: string, files: SetFiles) => Item,
): Promise<readonly Item[]> {
  const path = `items/${name}.jsonl`;
  const list = files.get(path);
  if (!list)
    throw new NamedError(
      'SetNotFound',
      'the file is not in the archive',
      { file: path },
      'build the app again',
    );
  return (await readJsonLines(list, path)).map((line) => item(line, path, files));
}

function question(line: JsonLine, path: string, files: SetFiles): QuestionItem {
  const name = `items/${textField(line, path, 'image')}`;
  const image = files.get(name);
  if (!image) {
    const what = `line ${line.line} names ${name}`;
    throw new NamedError('MissingImage', what, { file: path, field: 'image' }, 'build the app again');
  }
  const choices = line.value['choices'];
  return {
    ...asked(line, path),
    ...known(line, path),
    image,
    ...(Array.isArray(choices) ? { choices: choices.map(String) } : {}),
    description: textField(line, path, 'description'),
    category: textField(line, path, 'category'),
    context: line.value['context'] === undefined ? '' : textField(line, path, 'context'),
  };
}

function asked(line: JsonLine, path: string): { id: string; question: string; answer: string } {
  return {
    id: textField(line, path, 'id'),
    question: textField(line, path, 'question'),
    answer: textField(line, path, 'answer'),
  };
}

function known(line: JsonLine, path: string): Known {
  return {
    level: Number(textField(line, path, 'level')),
    questionType: textField(line, path, 'question_type'),
    rationale: textField(line, path, 'rationale'),
    hash: textField(line, path, 'hash'),
  };
}
