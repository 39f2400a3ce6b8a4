/** GSM8K, MATH-500 and lists of visual questions, as JSON lines or Parquet, read as they come. */
import { NamedError } from '../../named-error.ts';
import type { JsonLine } from './json-lines.ts';
import { readJsonLines, textField } from './json-lines.ts';
import { readParquet } from './parquet.ts';
import type { Problem } from './problem.ts';

/** GSM8K ends its reasoning with `#### 42`. */
const GSM8K_ANSWER = /####\s*(.+)/;

/**
 * Reads a list of problems. `path` is the list's own among `files`; images are looked for beside it. Fields: `question`
 * or `problem`; `answer`; `unique_id` or `id` (else the line's index, as the reference numbers GSM8K); `image`
 * (a path, or bytes within Parquet), `choices`, `level`.
 *
 * @throws NamedError `NoProblems`, `BadJsonLine`, `MissingField`, `MissingImage`, `DuplicateId`, and those of reading Parquet.
 */
export async function readProblems(
  path: string,
  files: ReadonlyMap<string, Blob>,
): Promise<readonly Problem[]> {
  const file = files.get(path);
  if (!file) throw new NamedError('NoProblems', 'no such file', { file: path }, 'name a file of the folder');
  const lines = path.endsWith('.parquet') ? await readParquet(file, path) : await readJsonLines(file, path);
  if (lines.length === 0) {
    throw new NamedError('NoProblems', 'the list is empty', { file: path }, 'give at least one problem');
  }
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const seen = new Set<string>();
  return lines.map((line, index) => {
    const problem = readProblem(line, index, path, folder, files);
    if (seen.has(problem.id)) {
      throw new NamedError(
        'DuplicateId',
        `line ${line.line} repeats ${problem.id}`,
        { file: path, field: 'id' },
        'give each problem its own id',
      );
    }
    seen.add(problem.id);
    return problem;
  });
}

function readProblem(
  line: JsonLine,
  index: number,
  path: string,
  folder: string,
  files: ReadonlyMap<string, Blob>,
): Problem {
  const { value } = line;
  const image = imageOf(line, path, folder, files);
  const choices = value['choices'];
  const level = Number(value['level']);
  const stated = ['unique_id', 'id', 'pid'].find((name) => value[name] !== undefined && value[name] !== null);
  return {
    id: stated === undefined ? String(index) : textField(line, path, stated),
    question: textField(line, path, 'question', 'problem'),
    answer: goldAnswer(textField(line, path, 'answer')),
    ...(image ? { image } : {}),
    ...(Array.isArray(choices) && choices.length > 0 ? { choices: choices.map(String) } : {}),
    ...(value['level'] !== undefined && Number.isFinite(level) ? { level } : {}),
  };
}

/** What stands after `####`, thousands unseparated as in the reference; else the answer as it is. */
function goldAnswer(stored: string): string {
  const marked = GSM8K_ANSWER.exec(stored)?.[1];
  return marked === undefined ? stored.trim() : marked.trim().replaceAll(',', '');
}

function imageOf(
  line: JsonLine,
  path: string,
  folder: string,
  files: ReadonlyMap<string, Blob>,
): Blob | undefined {
  const stored = line.value['decoded_image'] ?? line.value['image'];
  if (stored === undefined || stored === null || stored === '') return undefined;
  if (typeof stored === 'object' && 'bytes' in stored && stored.bytes instanceof Uint8Array) {
    return new Blob([Uint8Array.from(stored.bytes)]);
  }
  const file = typeof stored === 'string' ? files.get(folder + stored) : undefined;
  if (file) return file;
  throw new NamedError(
    'MissingImage',
    `line ${line.line} names ${folder}${String(stored)}`,
    { file: path, field: 'image' },
    'hand the images over together with the list',
  );
}
