import { plainCharacters } from './characters.ts';
import { plainText } from './plain-text.ts';

/** The letters of multiple-choice options, in order. */
export const CHOICE_LETTERS = 'ABCDEFGH';

/** The letter alone, as "B", "(B)", "B.", "option B", "选项B", or before its text: "B. 12", "(B) 12", "B: 12". */
const LETTER =
  /^(?:(?:the )?(?:correct )?(?:option|choice|answer) ?(?:(?:is|:) ?)?|(?:正确)?(?:答案|选项|选) ?[是为:]? ?)?[([{]? ?([A-Ha-h]) ?(?:[)\]}.:,]|选?项|$)/i;

/** "B" and "or (B)", after another letter. */
const ANOTHER_LETTER = /^(?:and|or|&)?\s*[([]?([a-h])[)\]]?(?:\W|$)/i;

/** "B is correct", "option (B) is the right answer": the letter that a response calls right. */
const CALLED_RIGHT = /(?<![\w\\])[([*]{0,4}([A-H])[)\]*]{0,4}\s+is\s+(?:the\s+)?(?:correct|right|best)\b/g;

/** A choice as it may be written with its own letter: "A. 12", "(A) 12", "A、12". */
const LABELLED = /^[([]?\s*([A-H])\s*[)\].:,]\s*(?=\S)/;

/** The options without the letters that some data sets write before them. */
export function optionTexts(choices: readonly string[]): readonly string[] {
  const plain = choices.map((choice) => plainCharacters(choice).trim());
  const labelled = plain.every((choice, at) => LABELLED.exec(choice)?.[1] === CHOICE_LETTERS[at]);
  return labelled ? plain.map((choice) => choice.replace(LABELLED, '')) : choices;
}

/**
 * Which option an answer names: by its letter within the choices given, or by the option's own text. Undefined where it
 * names none or two ("A, B"), or where letter and text contradict each other ("B. cat" while B is "dog").
 *
 * A one-letter answer that equals an option's text is that option, whatever its letter. `same` says whether a text has the
 * value of another option: "A. 30" contradicts itself where B is "30°".
 */
export function chosenOption(
  answer: string,
  choices: readonly string[],
  same: (option: string, text: string) => boolean = () => false,
): number | undefined {
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
  if (ANOTHER_LETTER.exec(rest)?.[1]?.toUpperCase() !== letter.toUpperCase() && ANOTHER_LETTER.test(rest)) {
    return undefined;
  }
  // Words after the letter that are no option's text explain; those of another option contradict.
  const named = texts.flatMap((text, at) => (text === rest || same(choices[at] ?? '', rest) ? [at] : []));
  return named.length > 0 && !named.includes(option) ? undefined : option;
}

/** The letter that a response last calls right, as "B is correct". */
export function letterCalledRight(response: string): string | undefined {
  return [...response.matchAll(CALLED_RIGHT)].at(-1)?.[1];
}
