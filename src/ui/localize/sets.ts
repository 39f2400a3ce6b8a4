/** What can be asked: the committed sets by name, or what a person brought. */
import { loadPairs, loadProblems, loadQuestions, type PairSet as CommittedSet } from '../../demo/sets.ts';
import type { PairSet } from '../../analyses/probe.ts';
import { NamedError } from '../../named-error.ts';
import type { Pair } from '../../probes/data/pair.ts';
import type { Problem } from '../../probes/data/problem.ts';
import { LIST_FORMATS, listsAmong } from '../../probes/data/row-file.ts';
import type { Task } from '../../probes/task.ts';
import { TASKS } from '../../probes/task.ts';
import type { ColumnChoices } from '../files/asked-columns.ts';
import { byPath, type PathFile, topOf } from '../files/folder.ts';
import { openProblemList, readPairs, type ReadWork } from '../../reading/client.ts';
import { heldSamples, type SampleSource } from '../../reading/sample-source.ts';
import { t } from './texts.ts';

/** A set of pairs, with what was noticed when it was read. */
export interface NamedPairs extends PairSet {
  readonly notices: readonly string[];
}

/** A set of samples that are read when they are asked. */
export interface NamedList<Sample> {
  readonly name: string;
  readonly place?: string;
  readonly samples: SampleSource<Sample>;
}

export type QuestionSet = 'problems' | 'general-vqa' | 'math-targeted-vqa';

/** Of pairs whose prompts have no literal <image>. */
const NONE = { literalImage: 'strip', literalImages: 0, notices: [] } as const;

export async function committedPairs(set: CommittedSet): Promise<NamedPairs> {
  const lists = await Promise.all(TASKS.map((task) => loadPairs(task, { set })));
  return { name: set, place: `dataset/data/${set}`, pairs: lists.flat(), ...NONE };
}

export async function committedQuestions(set: QuestionSet): Promise<NamedList<Problem>> {
  const samples = set === 'problems' ? await loadProblems() : await loadQuestions(set);
  return { name: set, place: `dataset/data/items/${set}.jsonl`, samples: heldSamples(samples) };
}

/** A dropped pair folder. @throws NamedError those of `readPairs` */
export async function droppedPairs(
  found: readonly PathFile[],
  literalImage: 'strip' | 'keep',
  reading: ReadWork = {},
): Promise<NamedPairs> {
  const files = byPath(found);
  const { pairs, literalImages } = await readPairs(files, { literalImage }, reading);
  return {
    name: topOf(found),
    ...{ pairs, literalImage, literalImages },
    notices: literalImages > 0 ? [t.literalImages[literalImage](literalImages)] : [],
  };
}

/** A dropped list of problems, with its images if it has any. @throws NamedError `NoProblems` and those of `openProblemList` */
export async function droppedQuestions(
  found: readonly PathFile[],
  choices: ColumnChoices = new Map(),
  reading: ReadWork = {},
): Promise<NamedList<Problem>> {
  const files = byPath(found);
  const [list, ...others] = listsAmong(files.keys());
  if (list === undefined || others.length > 0) {
    throw new NamedError(
      'NoProblems',
      list === undefined
        ? `there is no ${LIST_FORMATS} among the files`
        : `several lists: ${[list, ...others].join(', ')}`,
      { file: topOf(found) },
      'choose one list, and its images with it',
    );
  }
  return { name: list, samples: await openProblemList(list, files, choices.get(list) ?? {}, reading) };
}

/** Two images and a question of one's own. */
export function ownPair(target: Blob, source: Blob, prompt: string, task: Task): NamedPairs {
  const pair: Pair = { id: 'own', task, prompt, target, source, targetAnswer: '', sourceAnswer: '' };
  return { name: 'your own pair', pairs: [pair], whole: true, ...NONE };
}
