import { plainText } from './plain-text.ts';

/** The letters of multiple-choice options, in order. */
export const CHOICE_LETTERS = 'ABCDEFGH';

/** The letter alone, as "B", "(B)", "B.", "option B", or before its text: "B. 12", "(B) 12", "B: 12". */
const LETTER =
  /^(?:(?:the\s+)?(?:correct\s+)?(?:option|choice|answer)\s*(?:is|:)?\s*)?[([{]?\s*([A-Ha-h])\s*(?:[)\]}.:,]|$)/i;

/**
 * Which option an answer names: by its letter within the choices given, or by the option's own text. Undefined where it
 * names none, or where letter and text contradict each other ("B. cat" while B is "dog").
 *
 * A one-letter answer that equals an option's text is that option, whatever its letter.
 */
export function chosenOption(answer: string, choices: readonly string[]): number | undefined {
  const said = plainText(answer);
  const texts = choices.map(plainText);
  const byText = texts.indexOf(said);
  if (byText >= 0) return byText;
  const match = LETTER.exec(said);
  const letter = match?.[1];
  if (!match || !letter) return undefined;
  const option = CHOICE_LETTERS.indexOf(letter.toUpperCase());
  if (option >= choices.length) return undefined;
  const rest = said.slice(match[0].length).trim();
  if (rest === '') return option;
  const named = texts.indexOf(rest);
  // Words after the letter that are no option's text explain; those of another option contradict.
  return named >= 0 && named !== option ? undefined : option;
}

/** The letter of an answer where the options are not known: "B", "(b)", "B) because …". */
export function choiceLetter(answer: string): string | undefined {
  return LETTER.exec(plainText(answer))?.[1]?.toUpperCase();
}
