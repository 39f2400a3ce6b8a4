import { boxFound } from './answers/exact.ts';
import { chosenOption, CHOICE_LETTERS, letterCalledRight, optionTexts } from './answers/choice.ts';
import { type ExtractedAnswer, extractAnswer } from './answers/extraction.ts';
import { withoutReason } from './answers/reason.ts';
import { equivalent, type EquivalenceOptions, MAX_LENGTH } from './mathematics/equivalence.ts';
import { decided, NOT_DECIDED } from './steps.ts';

/** What grading has to know of a question. */
export interface Gradable {
  readonly answer: string;
  readonly choices?: readonly string[];
  /** `box` asks for four numbers and is graded by overlap. */
  readonly questionType?: string;
}

/** Which rule decided. */
export type GradingRule =
  'box overlap' | 'multiple choice' | 'equivalence' | 'no answer' | 'too long' | typeof NOT_DECIDED;

type Decidable = 'box overlap' | 'multiple choice' | 'equivalence';

export interface Grade {
  readonly correct: boolean;
  /** What was read as the answer, and where it was found. */
  readonly predicted: ExtractedAnswer;
  readonly rule: GradingRule;
}

/** A response without any mark of an answer may be one, if it is no longer than this many characters. */
const SHORT_ANSWER = 60;

/**
 * Whether a response is right, by rule alone (docs/method.md §7.3; ablation's, §3, with its tolerance): the answer is extracted as in
 * §3, then compared as a box, as an option, or by mathematical equivalence. Short unmarked responses ("Yes", "7 apples")
 * are also taken whole, and answers with a reason behind them also without it.
 *
 * What takes more steps than an answer is worth is `not decided in time`; an answer longer than 2,000 characters is compared as
 * text alone, and where it is another text it is `too long`. Neither counts as right.
 */
export function gradeResponse(question: Gradable, response: string, options: EquivalenceOptions = {}): Grade {
  const rule = ruleOf(question);
  const predicted = extractAnswer(response, { options: rule === 'multiple choice' });
  return decided(() => gradeAnswer(question, response, { rule, predicted, options }), {
    correct: false,
    predicted,
    rule: NOT_DECIDED,
  });
}

function gradeAnswer(
  question: Gradable,
  response: string,
  {
    rule,
    predicted,
    options,
  }: {
    readonly rule: Decidable;
    readonly predicted: ExtractedAnswer;
    readonly options: EquivalenceOptions;
  },
): Grade {
  const readings = readingsOf(predicted, response, rule);
  const [first = predicted] = readings;
  if (readings.every(({ text }) => text === '')) {
    return { correct: false, predicted: first, rule: 'no answer' };
  }
  const right = readings.find(({ text }) => text !== '' && RULES[rule](question, text, options));
  const tooLong = !right && first.text.length > MAX_LENGTH && rule !== 'box overlap';
  return { correct: right !== undefined, predicted: right ?? first, rule: tooLong ? 'too long' : rule };
}

/** What may be meant by the answer, as it stands first. */
function readingsOf(predicted: ExtractedAnswer, response: string, rule: Decidable): ExtractedAnswer[] {
  const whole = response.trim();
  const unmarked = predicted.from === 'last-number' || predicted.from === 'none';
  const called = unmarked && rule === 'multiple choice' ? letterCalledRight(response) : undefined;
  if (called !== undefined) return [{ text: called, from: 'answer-is' }];
  const readings: ExtractedAnswer[] =
    unmarked && whole !== '' && whole.length <= SHORT_ANSWER
      ? [{ text: whole, from: 'whole' }, predicted]
      : [predicted];
  return readings.flatMap((reading) => {
    const short = reading.from === 'last-number' ? undefined : withoutReason(reading.text, equivalent);
    return short === undefined ? [reading] : [reading, { text: short, from: reading.from }];
  });
}

type Decide = (question: Gradable, given: string, options: EquivalenceOptions) => boolean;

const RULES: Readonly<Record<Decidable, Decide>> = {
  'box overlap': ({ answer }, given) => boxFound(answer, given),
  'multiple choice': ({ answer, choices = [] }, given, options) => {
    const texts = optionTexts(choices);
    const right = rightOption(answer, texts);
    const chosen =
      chosenOption(given, texts, (option, text) => equivalent(option, text)) ?? optionOfValue(given, texts);
    if (chosen !== undefined && right !== undefined) return chosen === right;
    // Where the value is that of several options, none is chosen.
    return right === undefined && equivalent(answer, given, options);
  },
  equivalence: ({ answer }, given, options) => equivalent(answer, given, options),
};

function ruleOf({ questionType, choices }: Gradable): Decidable {
  if (questionType === 'box') return 'box overlap';
  return choices && choices.length > 0 ? 'multiple choice' : 'equivalence';
}

/** The right answer is given as an option's text, with or without its letter or unit, or as its letter. */
function rightOption(answer: string, choices: readonly string[]): number | undefined {
  const byText = choices.findIndex((choice) => choice.trim().toLowerCase() === answer.trim().toLowerCase());
  if (byText >= 0) return byText;
  const byLetter = CHOICE_LETTERS.indexOf(answer.trim().toUpperCase());
  if (answer.trim().length === 1 && byLetter >= 0 && byLetter < choices.length) return byLetter;
  return chosenOption(answer, choices) ?? optionOfValue(answer, choices);
}

/** The one option of exactly this value: 145 where it is "145°". Options lie too close for a tolerance. */
function optionOfValue(given: string, choices: readonly string[]): number | undefined {
  const [only, ...others] = choices.flatMap((choice, at) => (equivalent(choice, given) ? [at] : []));
  return others.length === 0 ? only : undefined;
}
