import { cellOf, cellText, isMissing } from '../../probes/data/cell.ts';
import { type ColumnChoice, filledColumn } from '../../probes/data/columns.ts';
import type { JsonLine } from '../../probes/data/json-lines.ts';
import { readProblemRows } from '../../probes/data/problem-file.ts';
import type { EvaluationSample } from './sample.ts';

/**
 * Reads a list of questions with all that evaluation uses, as `readProblems` does: MathVista, MATH-500, GSM8K, RL data,
 * VLMEvalKit's tables, or own (`id, image, question, answer, choices?, question_type?, description?, category?`). MathVista
 * keeps its category within `metadata`.
 *
 * @throws NamedError those of `readProblemRows`: nothing is left out in silence.
 */
export async function readSamples(
  path: string,
  files: ReadonlyMap<string, Blob>,
  choice: ColumnChoice = {},
): Promise<readonly EvaluationSample[]> {
  const read = await readProblemRows(path, files, choice);
  return read.map(({ problem, row }) => ({ ...problem, ...extras(row, choice) }));
}

function extras(
  row: JsonLine,
  choice: ColumnChoice,
): Pick<EvaluationSample, 'description' | 'category' | 'domain' | 'questionType'> {
  const text = (column: string | undefined): string | undefined => {
    const cell = column === undefined ? undefined : cellOf(row, column);
    return isMissing(cell) ? undefined : cellText(cell);
  };
  const found = {
    description: text(filledColumn(row, 'description', choice)),
    category: text(filledColumn(row, 'category', choice)),
    domain: text('domain'),
    questionType: text('question_type'),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
