import { cellOf, cellText, isMissing } from '../../probes/data/cell.ts';
import { type ColumnChoice, filledColumn } from '../../probes/data/columns.ts';
import type { JsonLine } from '../../probes/data/json-lines.ts';
import type { ProblemRow } from '../../probes/data/problem-list.ts';
import type { EvaluationSample } from './sample.ts';

/**
 * A problem with all that evaluation uses: of MathVista, MATH-500, GSM8K, RL data, VLMEvalKit's tables, or own (`id, image, question,
 * answer, choices?, question_type?, description?, category?`). MathVista keeps its category within `metadata`.
 */
export function sampleOf({ problem, row }: ProblemRow, choice: ColumnChoice): EvaluationSample {
  return { ...problem, ...extras(row, choice) };
}

/** What a row says besides question and answer. */
export function extras(
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
