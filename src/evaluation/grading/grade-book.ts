import type { Answer } from '../answers/answer.ts';
import type { Answers } from '../answers/kept-answers.ts';
import type { Ask } from '../answers/ask.ts';
import { type GradedAnswer, gradedAnswer, gradeRequest } from '../tables/graded.ts';
import type { Asked } from '../variant.ts';
import type { Grader } from './client.ts';

interface Entry {
  readonly answer: Answer;
  readonly graded: GradedAnswer;
}

/** Answers with their grades: each is graded once, when it comes, however many come after it. */
export class GradeBook {
  #entries = new Map<Ask<Asked>, Entry>();

  /** The asks whose answers have no grade yet. */
  pending(asks: readonly Ask<Asked>[], answers: Answers): readonly Ask<Asked>[] {
    return asks.filter((ask) => {
      const answer = answers.get(ask.key);
      return answer !== undefined && this.#entries.get(ask)?.answer !== answer;
    });
  }

  /** Grades of the answers there are, in the order of the asks. */
  list(asks: readonly Ask<Asked>[]): readonly GradedAnswer[] {
    return asks.flatMap((ask) => this.#entries.get(ask)?.graded ?? []);
  }

  /** Grades what is pending, `onGraded` being told how many so far. @throws those of `Grader.grade` */
  async update(
    asks: readonly Ask<Asked>[],
    answers: Answers,
    grader: Pick<Grader, 'grade'>,
    { onGraded, signal }: { readonly onGraded?: (done: number) => void; readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    const known = new Set(asks);
    for (const ask of this.#entries.keys()) if (!known.has(ask)) this.#entries.delete(ask);
    const pending = this.pending(asks, answers).flatMap((ask) => {
      const answer = answers.get(ask.key);
      return answer ? [{ ask, answer }] : [];
    });
    const requests = pending.map(({ ask, answer }) => gradeRequest(ask, answer));
    const enter = (grades: Parameters<Parameters<Grader['grade']>[1]>[0], from: number): void => {
      for (const [at, grade] of grades.entries()) {
        const one = pending[from + at];
        if (one)
          this.#entries.set(one.ask, {
            answer: one.answer,
            graded: gradedAnswer(one.ask, one.answer, grade),
          });
      }
      onGraded?.(from + grades.length);
    };
    await grader.grade(requests, enter, signal);
  }
}
