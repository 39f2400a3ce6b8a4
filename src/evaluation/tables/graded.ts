import type { EquivalenceOptions } from '../../grading/mathematics/equivalence.ts';
import { type Gradable, type Grade, gradeResponse } from '../../grading/grade.ts';
import { NOT_DECIDED } from '../../grading/steps.ts';
import type { Answer } from '../answers/answer.ts';
import type { Ask } from '../answers/ask.ts';
import type { Measured } from '../experiment.ts';
import type { Asked } from '../variant.ts';

/** An answer with its verdict, and what a reader needs to judge it. */
export interface GradedAnswer {
  readonly variant: string;
  readonly experiment: string;
  readonly metric: Measured;
  /** 0 for setting A, 1 for B. */
  readonly settingIndex: 0 | 1;
  readonly setting: string;
  readonly input: string;
  readonly id: string;
  readonly question: string;
  readonly goldAnswer: string;
  readonly choices?: readonly string[];
  readonly category?: string;
  readonly domain?: string;
  readonly response: string;
  readonly tokens?: number;
  readonly stop?: string;
  readonly predicted: string;
  /** Where the answer was found, and by which rule it was compared; unknown of results made elsewhere. */
  readonly found?: Grade['predicted']['from'];
  readonly rule?: Grade['rule'] | 'refused';
  /** The verdict that counts: a judge's where there is one, else the rules'. */
  readonly correct: boolean;
  /** Where a judge was asked: both verdicts, as far as each was given. */
  readonly verdicts?: { readonly rule?: boolean; readonly judge?: boolean };
}

/** Whether the rules found no verdict in their steps, and no judge gave one. */
export function isUndecided({ rule, verdicts }: GradedAnswer): boolean {
  return rule === NOT_DECIDED && verdicts?.judge === undefined;
}

/** What grading has to know of an answer. */
export interface GradeRequest {
  readonly question: Gradable;
  readonly response: string;
}

/** What is graded of an answer; a refusal is no answer. */
export function gradeRequest({ sample }: Ask<Asked>, { text, stop }: Answer): GradeRequest {
  const { answer, choices, questionType } = sample;
  return {
    question: { answer, ...(choices ? { choices } : {}), ...(questionType ? { questionType } : {}) },
    response: stop === 'refused' ? '' : text,
  };
}

/** Grades the answers there are; asks without one are left for later. Nothing is generated: grading can be repeated. */
export function gradeAll(
  asks: readonly Ask<Asked>[],
  answers: ReadonlyMap<string, Answer>,
  options: EquivalenceOptions = {},
): readonly GradedAnswer[] {
  return asks.flatMap((ask) => {
    const answer = answers.get(ask.key);
    if (!answer) return [];
    const { question, response } = gradeRequest(ask, answer);
    return [gradedAnswer(ask, answer, gradeResponse(question, response, options))];
  });
}

/** An answer with its grade. */
export function gradedAnswer(
  { variant, experiment, setting, sample }: Ask<Asked>,
  { text, tokens, stop }: Answer,
  grade: Grade,
): GradedAnswer {
  const refused = stop === 'refused';
  const { choices, category, domain } = sample;
  return {
    variant: variant.name,
    experiment: experiment.name,
    metric: experiment.metric,
    settingIndex: experiment.settings.indexOf(setting as never) === 0 ? 0 : 1,
    setting: setting.name,
    input: setting.input,
    id: sample.id,
    question: sample.question,
    goldAnswer: sample.answer,
    ...(choices ? { choices } : {}),
    ...(category ? { category } : {}),
    ...(domain ? { domain } : {}),
    response: text,
    ...(tokens === undefined ? {} : { tokens }),
    stop,
    predicted: grade.predicted.text,
    found: grade.predicted.from,
    rule: refused ? 'refused' : grade.rule,
    correct: grade.correct,
  };
}
