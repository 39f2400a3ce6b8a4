/** What can be asked: the committed sets by name, or what a person brought. */
import { loadPairs, loadProblems, loadQuestions, type PairSet } from '../../demo/sets.ts';
import { NamedError } from '../../named-error.ts';
import { readPairFolder } from '../../probes/data/pair-folder.ts';
import type { Pair } from '../../probes/data/pair.ts';
import { readProblems } from '../../probes/data/problem-file.ts';
import type { Problem } from '../../probes/data/problem.ts';
import { samplesFingerprint } from '../../probes/data/fingerprint.ts';
import { LIST_FORMATS, listsAmong } from '../../probes/data/row-file.ts';
import type { Task } from '../../probes/task.ts';
import { TASKS } from '../../probes/task.ts';
import type { ColumnChoices } from '../files/asked-columns.ts';
import type { PathFile } from '../files/folder.ts';

/** A set of samples, with what names it in a journal. */
export interface NamedSet<Sample> {
  readonly name: string;
  readonly samples: readonly Sample[];
  readonly fingerprint: string;
  readonly notices: readonly string[];
}

export type QuestionSet = 'problems' | 'general-vqa' | 'math-targeted-vqa';

export async function committedPairs(set: PairSet): Promise<NamedSet<Pair>> {
  const lists = await Promise.all(TASKS.map((task) => loadPairs(task, { set })));
  return { name: set, samples: lists.flat(), fingerprint: `committed ${set}`, notices: [] };
}

export async function committedQuestions(set: QuestionSet): Promise<NamedSet<Problem>> {
  const samples = set === 'problems' ? await loadProblems() : await loadQuestions(set);
  return { name: set, samples, fingerprint: `committed ${set}`, notices: [] };
}

/** A dropped pair folder. @throws NamedError those of `readPairFolder` */
export async function droppedPairs(
  found: readonly PathFile[],
  literalImage: 'strip' | 'keep',
): Promise<NamedSet<Pair>> {
  const files = pathsOf(found);
  const { pairs, literalImages } = await readPairFolder(files, { literalImage });
  const what = literalImage === 'strip' ? 'left out' : 'passed on as text';
  return {
    name: topOf(found),
    samples: pairs,
    fingerprint: await fingerprintOf(files, literalImage),
    notices: literalImages > 0 ? [`${literalImages} prompts begin with a literal <image>: ${what}.`] : [],
  };
}

/** A dropped list of problems, with its images if it has any. @throws NamedError `NoProblems` and those of reading */
export async function droppedQuestions(
  found: readonly PathFile[],
  choices: ColumnChoices = new Map(),
): Promise<NamedSet<Problem>> {
  const files = pathsOf(found);
  const [list, ...others] = listsAmong(files.keys());
  if (list === undefined || others.length > 0) {
    throw new NamedError(
      'NoProblems',
      list === undefined
        ? `no ${LIST_FORMATS} among the files`
        : `several lists: ${[list, ...others].join(', ')}`,
      { file: topOf(found) },
      'choose one list, and its images with it',
    );
  }
  const choice = choices.get(list) ?? {};
  const samples = await readProblems(list, files, choice);
  // A list that is not hashed as text is told apart by what was read from it.
  const read = list.endsWith('.jsonl') ? '' : await samplesFingerprint(samples);
  const columns = Object.keys(choice).length > 0 ? JSON.stringify(choice) : '';
  return {
    name: list,
    samples,
    fingerprint: await fingerprintOf(files, columns + read),
    notices: [],
  };
}

/** Two images and a question of one's own. */
export function ownPair(target: Blob, source: Blob, prompt: string, task: Task): NamedSet<Pair> {
  const pair: Pair = { id: 'own', task, prompt, target, source, targetAnswer: '', sourceAnswer: '' };
  const fingerprint = `own ${target.size} ${source.size} ${prompt}`;
  return { name: 'your own pair', samples: [pair], fingerprint, notices: [] };
}

function pathsOf(found: readonly PathFile[]): Map<string, File> {
  return new Map(found.map(({ path, file }) => [path, file]));
}

function topOf(found: readonly PathFile[]): string {
  return found[0]?.path.split('/')[0] ?? '';
}

/** SHA-256 over names and sizes, and the lists' own text. */
async function fingerprintOf(files: ReadonlyMap<string, File>, option: string): Promise<string> {
  const parts = [option];
  for (const [path, file] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    parts.push(`${path} ${file.size}`);
    if (path.endsWith('.jsonl')) parts.push(await file.text());
  }
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(parts.join('\n')));
  return Array.from(new Uint8Array(digest).subarray(0, 16), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
