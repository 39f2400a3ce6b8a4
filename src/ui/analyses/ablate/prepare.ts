import { Grader } from '../../../evaluation/grading/client.ts';
import { isGraded, keepGrade, requestOf } from '../../../probes/ablation/grade.ts';
import type { AblationRecord } from '../../../probes/ablation/sweep.ts';

let grader: Grader | null = null;

/**
 * Grades answers in a worker before charts ask for their grades: a kept run has tens of thousands.
 *
 * @throws NamedError `WorkerFailed`
 */
export async function prepare(records: readonly AblationRecord[]): Promise<void> {
  const pending = records.flatMap((record) =>
    [record.baseline, ...record.ablated].flatMap((said) =>
      isGraded(record, said) ? [] : [{ record, said }],
    ),
  );
  if (pending.length === 0) return;
  await (grader ??= new Grader()).gradeAblations(
    pending.map(({ record, said }) => requestOf(record, said)),
    (grades, from) => {
      for (const [at, grade] of grades.entries()) {
        const one = pending[from + at];
        if (one) keepGrade(one.record, one.said, grade);
      }
    },
  );
}
