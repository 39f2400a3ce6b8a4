import { type Grade, gradeResponse } from '../../grading/grade.ts';
import { gapModels, gapSummary } from '../perception/gap-files.ts';
import { type AblationRequest, type GradedResponse, gradeRequested } from '../../probes/ablation/grade.ts';
import { type ResponseScores, type Scored, scoreResponses } from '../perception/response-scores.ts';
import type { GradedAnswer, GradeRequest } from '../tables/graded.ts';

/** What a worker does with answers: everything that can take a second for thousands of them. */
export class GradingHost {
  grade(requests: readonly GradeRequest[]): readonly Grade[] {
    return requests.map(({ question, response }) => gradeResponse(question, response));
  }

  /** Answers to ablated layers, with the numbers' tolerance of ablation. */
  gradeAblations(requests: readonly AblationRequest[]): readonly GradedResponse[] {
    return requests.map(gradeRequested);
  }

  /** Scores of each list; undefined of an empty one. */
  scores(lists: readonly (readonly Scored[])[]): readonly (ResponseScores | undefined)[] {
    return lists.map((list) => scoreResponses(list));
  }

  /** Gaps, rewards and measures of each model: intervals of thousands of rewards take seconds. */
  gapModels(...given: Parameters<typeof gapModels>): ReturnType<typeof gapModels> {
    return gapModels(...given);
  }

  /** What a perception gap is, in words and numbers: intervals of thousands of rewards take seconds. */
  gapSummary(graded: readonly GradedAnswer[], seed: number, facts: object): string {
    return gapSummary(graded, seed, facts);
  }
}
