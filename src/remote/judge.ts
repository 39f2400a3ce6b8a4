/** A model that judges answers: what it is asked, and what its reply says. */
import { CHOICE_LETTERS } from '../grading/answers/choice.ts';
import type { GradedAnswer } from '../evaluation/tables/graded.ts';
import type { LongWork } from '../work/long-work.ts';
import { askRemote, type Client } from './client.ts';
import type { RemoteQuestion } from './dialects/dialect.ts';
import { endpointFingerprint } from './endpoint.ts';
import { askInParallel } from './in-parallel.ts';
import { identify, nameOf } from '../identity/identify.ts';
import type { WorkIdentity } from '../identity/work-identity.ts';

/** A judge's verdict. `unclear`: it said neither, or would not answer; the rules' verdict then stands. */
export interface JudgeVerdict {
  readonly verdict: 'correct' | 'incorrect' | 'unclear';
  readonly said: string;
}

const SYSTEM =
  'You grade answers. You are given a question, its reference answer, and a response. Decide whether the final answer of the response means the same as the reference answer. Another form of the same value is right; a different value, an unfinished response, or several answers of which one is wrong are not. Do not solve the question yourself. Reply with one word: CORRECT or INCORRECT.';

/** A verdict is one word; models that think first need room. */
export const JUDGE_TOKENS = 1024;

/** What the judge is asked. It sees neither the model's name nor the rules' verdict. */
export function judgeQuestion(
  { question, goldAnswer, choices, response, predicted }: GradedAnswer,
  maxNewTokens = JUDGE_TOKENS,
): RemoteQuestion {
  const options = choices?.length
    ? `\n\nOptions:\n${choices.map((choice, i) => `${CHOICE_LETTERS[i] ?? i + 1}. ${choice}`).join('\n')}`
    : '';
  const answer = response.trim() === '' ? predicted : response;
  const prompt = `Question:\n${question}${options}\n\nReference answer:\n${goldAnswer}\n\nResponse:\n${answer}\n\nVerdict:`;
  return { system: SYSTEM, prompt, images: [], maxNewTokens };
}

/** The last of the two words in a reply is its verdict. */
export function readVerdict(said: string): JudgeVerdict {
  const last = [...said.matchAll(/\b(in)?correct\b/gi)].at(-1);
  if (!last) return { verdict: 'unclear', said };
  const negated = /\bnot\s+$/i.test(said.slice(0, last.index));
  if (negated) return { verdict: last[1] ? 'unclear' : 'incorrect', said };
  return { verdict: last[1] ? 'incorrect' : 'correct', said };
}

/** What a verdict is kept under; the same response to the same question is judged once, whoever gave it. */
export function verdictKey(answer: GradedAnswer): Promise<string> {
  const { system = '', prompt, maxNewTokens } = judgeQuestion(answer);
  return nameOf('verdict', { system, prompt, maxNewTokens });
}

/** A judge's verdicts are kept by judge. */
export async function verdictsIdentity(client: Client): Promise<WorkIdentity> {
  const judge = await endpointFingerprint(client.endpoint);
  return identify('verdicts', `Verdicts of ${client.endpoint.model}`, { judge });
}

/** Nothing was answered: there is nothing to judge, and the rules' verdict stands. */
export function isJudgeable({ response, predicted, stop }: GradedAnswer): boolean {
  return stop !== 'refused' && (response.trim() !== '' || predicted.trim() !== '');
}

/**
 * Asks the judge about every response once. Nothing is generated again: only questions, reference answers and responses are
 * sent, no images.
 *
 * @returns verdicts by `verdictKey`
 * @throws NamedError `Cancelled`, `RemoteRejected`, `RemoteUnavailable` as `answerRemotely` does
 */
export async function judgeAll(
  client: Client,
  atOnce: number,
  answers: readonly GradedAnswer[],
  work: LongWork<JudgeVerdict> = {},
): Promise<ReadonlyMap<string, JudgeVerdict>> {
  const questions = new Map<string, GradedAnswer>();
  for (const answer of answers.filter(isJudgeable)) questions.set(await verdictKey(answer), answer);
  const judge = async (answer: GradedAnswer, stop: AbortSignal): Promise<JudgeVerdict> => {
    const { text, stop: ended } = await askRemote(client, judgeQuestion(answer), stop);
    return ended === 'refused' ? { verdict: 'unclear', said: text } : readVerdict(text);
  };
  const words = { phase: 'judging', lacking: 'responses have no verdict' };
  return askInParallel(questions, atOnce, judge, work, words);
}

/** Results with the judge's verdicts beside the rules': the judge's counts where it gave one. */
export async function withVerdicts(
  answers: readonly GradedAnswer[],
  verdicts: ReadonlyMap<string, JudgeVerdict>,
): Promise<readonly GradedAnswer[]> {
  return Promise.all(
    answers.map(async (answer): Promise<GradedAnswer> => {
      const found = verdicts.get(await verdictKey(answer))?.verdict;
      // An earlier judge's verdict gives way to this one's.
      const rule = answer.verdicts ? answer.verdicts.rule : answer.correct;
      const judge = found === undefined || found === 'unclear' ? undefined : found === 'correct';
      if (judge === undefined) return answer;
      return {
        ...answer,
        correct: judge,
        verdicts: { ...(rule === undefined ? {} : { rule }), judge },
      };
    }),
  );
}

/** How judge and rules agree, over the responses that both judged. */
export interface JudgeAgreement {
  readonly n: number;
  readonly agree: number;
  /** Right for the judge, wrong for the rules. */
  readonly judgeOnly: readonly GradedAnswer[];
  /** Right for the rules, wrong for the judge. */
  readonly ruleOnly: readonly GradedAnswer[];
}

export function judgeAgreement(answers: readonly GradedAnswer[]): JudgeAgreement {
  const both = answers.filter(({ verdicts }) => verdicts?.rule !== undefined && verdicts.judge !== undefined);
  const judgeOnly = both.filter(({ verdicts }) => verdicts?.judge && !verdicts.rule);
  const ruleOnly = both.filter(({ verdicts }) => !verdicts?.judge && verdicts?.rule);
  return { n: both.length, agree: both.length - judgeOnly.length - ruleOnly.length, judgeOnly, ruleOnly };
}

/** The same results as the rules alone have them; records without a verdict of the rules are left out. */
export function byRules(answers: readonly GradedAnswer[]): readonly GradedAnswer[] {
  return answers.flatMap((answer) => {
    if (!answer.verdicts) return [answer];
    return answer.verdicts.rule === undefined ? [] : [{ ...answer, correct: answer.verdicts.rule }];
  });
}
