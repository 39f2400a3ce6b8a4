import { boxFound } from './answers/exact.ts';
import { chosenOption, CHOICE_LETTERS } from './answers/choice.ts';
import { type ExtractedAnswer, extractAnswer } from './answers/extraction.ts';
import { equivalent, type EquivalenceOptions } from './mathematics/equivalence.ts';

/** What grading has to know of a question. */
export interface Gradable {
  readonly answer: string;
  readonly choices?: readonly string[];
  /** `box` asks for four numbers and is graded by overlap. */
  readonly questionType?: string;
}

/** Which rule decided. */
export type GradingRule = 'box overlap' | 'multiple choice' | 'equivalence' | 'no answer';

export interface Grade {
  readonly correct: boolean;
  /** What was read as the answer, and where it was found. */
  readonly predicted: ExtractedAnswer;
  readonly rule: GradingRule;
}

/** A response without any mark of an answer may be one, if it is no longer than this many characters. */
const SHORT_ANSWER = 60;

/**
 * Whether a response is right, by rule alone (method §7): the answer is extracted as in §3, then compared as a box, as an
 * option, or by mathematical equivalence. Short unmarked responses ("Yes", "7 apples") are also taken whole.
 */
export function gradeResponse(question: Gradable, response: string, options: EquivalenceOptions = {}): Grade {
  const predicted = extractAnswer(response);
  const short = response.trim().length <= SHORT_ANSWER;
  const unmarked = predicted.from === 'last-number' || predicted.from === 'none';
  const readings: ExtractedAnswer[] =
    short && unmarked && response.trim() !== ''
      ? [{ text: response.trim(), from: 'whole' }, predicted]
      : [predicted];
  const [first = predicted] = readings;
  if (readings.every(({ text }) => text === '')) {
    return { correct: false, predicted: first, rule: 'no answer' };
  }
  const rule = ruleOf(question);
  const right = readings.find(({ text }) => text !== '' && RULES[rule](question, text, options));
  return { correct: right !== undefined, predicted: right ?? first, rule };
}

type Decide = (question: Gradable, given: string, options: EquivalenceOptions) => boolean;

const RULES: Readonly<Record<Exclude<GradingRule, 'no answer'>, Decide>> = {
  'box overlap': ({ answer }, given) => boxFound(answer, given),
  'multiple choice': ({ answer, choices = [] }, given, options) => {
    const right = rightOption(answer, choices);
    const chosen = chosenOption(given, choices);
    if (chosen !== undefined && right !== undefined) return chosen === right;
    return equivalent(answer, given, options);
  },
  equivalence: ({ answer }, given, options) => equivalent(answer, given, options),
};

function ruleOf({ questionType, choices }: Gradable): Exclude<GradingRule, 'no answer'> {
  if (questionType === 'box') return 'box overlap';
  return choices && choices.length > 0 ? 'multiple choice' : 'equivalence';
}

/** The right answer is given as an option's text or as its letter. */
function rightOption(answer: string, choices: readonly string[]): number | undefined {
  const byText = choices.findIndex((choice) => choice.trim().toLowerCase() === answer.trim().toLowerCase());
  if (byText >= 0) return byText;
  const byLetter = CHOICE_LETTERS.indexOf(answer.trim().toUpperCase());
  return answer.trim().length === 1 && byLetter >= 0 && byLetter < choices.length ? byLetter : undefined;
}
