import { readJsonLines } from '../../probes/data/json-lines.ts';
import type { JsonLine } from '../../probes/data/json-lines.ts';
import { readParquet } from '../../probes/data/parquet.ts';
import { readProblems } from '../../probes/data/problem-file.ts';
import type { EvaluationSample } from './sample.ts';

/**
 * Reads a list of questions with all that evaluation uses: JSON lines or Parquet, MathVista's, MATH-500, GSM8K, or own
 * (`id, image, question, answer, choices?, question_type?, description?, category?`). MathVista keeps its category within
 * `metadata`.
 *
 * @throws NamedError those of `readProblems`: nothing is left out in silence.
 */
export async function readSamples(
  path: string,
  files: ReadonlyMap<string, Blob>,
): Promise<readonly EvaluationSample[]> {
  const problems = await readProblems(path, files);
  const file = files.get(path) as Blob;
  const lines = path.endsWith('.parquet') ? await readParquet(file, path) : await readJsonLines(file, path);
  return problems.map((problem, index) => ({ ...problem, ...extras(lines[index]) }));
}

function extras(
  line: JsonLine | undefined,
): Pick<EvaluationSample, 'description' | 'category' | 'domain' | 'questionType'> {
  const text = (name: string, from: Readonly<Record<string, unknown>> = line?.value ?? {}) =>
    typeof from[name] === 'string' && from[name] !== '' ? from[name] : undefined;
  const metadata = line?.value['metadata'];
  const nested =
    typeof metadata === 'object' && metadata !== null ? (metadata as Record<string, unknown>) : {};
  const found = {
    description: text('description'),
    category: text('category') ?? text('category', nested),
    domain: text('domain'),
    questionType: text('question_type'),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
