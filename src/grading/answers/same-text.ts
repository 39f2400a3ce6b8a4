import { withoutMarkup, withoutSpaces } from './plain-text.ts';

/** Whether two answers are the same text: markup, spaces, the case of words and signs around an option's letter aside. */
export function sameText(a: string, b: string): boolean {
  const [first, second] = [withoutMarkup(a), withoutMarkup(b)];
  const said = comparable(first);
  if (said === '') return false;
  return said === comparable(second) || isOptionOf(first, second) || isOptionOf(second, first);
}

/** B, (B), Option B. */
const LETTER_ALONE = /^(?:(?:option|choice) ?)?[([]? ?([a-zA-Z]) ?[)\]]?$/i;
/** B), (B) or "B. " before the option's own words. */
const LETTER_FIRST = /^[([]?\s*([A-H])\s*(?:\)\s*|[.:]\s)[\w$\\]/;

/** A letter alone may be an option: (B) is b. Among others it is a variable, and R is not r. */
function comparable(said: string): string {
  const option = LETTER_ALONE.exec(said)?.[1];
  if (option) return option.toLowerCase();
  return withoutSpaces(said).replace(/(?<![\\a-zA-Z])[a-zA-Z]{2,}/g, (word) => word.toLowerCase());
}

/** Whether one is the letter with which the other, naming no other option, begins. */
function isOptionOf(letter: string, said: string): boolean {
  const first = LETTER_FIRST.exec(said)?.[1];
  if (!first || /\b[A-H](?:\)|[.:]?(?:\s|$))/.test(said.slice(said.indexOf(first) + 2))) return false;
  return LETTER_ALONE.exec(letter)?.[1]?.toUpperCase() === first;
}
