import { tagged } from '../../tagged.ts';
import { withoutEnd, withoutStart } from '../../trim.ts';
import { lastBoxed } from './boxed.ts';
import { plainCharacters } from './characters.ts';

/** How an answer was found: tells a reader, and a sceptic, what was read as the answer. */
export type Extraction = 'answer-tag' | 'boxed' | 'answer-is' | 'last-number' | 'whole' | 'none';

export interface ExtractedAnswer {
  readonly text: string;
  readonly from: Extraction;
}

/** "The answer is", "**Answer:**", "答案是", or a heading "Final answer" with the answer below; a formula may open behind it. */
const ANSWER_IS =
  /(?:\banswer[*_]*\s*(?:is|=|:)|【答案】|答案[*_]*\s*(?:应该|应)?(?:是|为|[=:])|(?:^|\n)[#*_ ]{0,8}(?:the )?(?:final )?answer[*_ ]{0,8}\n)[*_]*\s*(?::\s*)?(?:(?:\\\[|\$\$)\s*)?(?=\S)/gi;
/** The same where there are options, which may be called right as well: "the correct choice is B", "故选B". */
const OPTION_IS =
  /(?:\b(?:answer|(?:correct|right|best)\s+(?:choice|option))[*_]*\s*(?:is|=|:)|【答案】|(?:答案|正确(?:的)?选项)[*_]*\s*(?:应该|应)?(?:是|为|[=:])|(?<![不勿未非])选(?:择)?(?:选项)?:?(?= ?[(*]{0,3}[A-H](?![a-zA-Z]))|\b(?:choose|pick|select)(?: (?:option|choice))?(?= [(*]{0,3}[A-H][)*]{0,3}(?:[.,]|$))|(?:^|\n)[#*_ ]{0,8}(?:the )?(?:final )?answer[*_ ]{0,8}\n)[*_]*\s*(?::\s*)?(?:(?:\\\[|\$\$)\s*)?(?=\S)/gi;
/** "A. 30 degrees" with nothing behind it in its line. */
const LABELLED_OPTION = /^[\s*"']{0,4}[A-H]\.[\s*]{1,4}\S{1,40}(?: \S{1,40}){0,4}[ *]{0,4}(?=\n|$)/;
const SENTENCE_END = /[.?](?=\s|$)|!(?=\s|$)(?!\s*[-=+*/])|\sbecause\b|;|\n/;
const AROUND = /[\s*"'“”]/;
/** A number as it is written: sign, thousands, decimals, exponent, fraction, percent. */
const NUMBER = /[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?(?:\s*\/\s*\d+)?\s*%?|[-−]?\.\d+/g;

/**
 * The answer a response gives, by docs/method.md §3: `<answer>` tag, else the last `\boxed{}` (nested braces), else what follows
 * "answer is", else the last number. The last of several tags or phrases counts. A box within the tag is opened. An
 * empty tag is passed over. Characters are read as `plainCharacters` has them. `whole` lets a response without any of them stand as its own answer (short direct answers).
 * `options` lets a choice be called right, and keeps the few words of an option behind its letter: "A. 30".
 */
export function extractAnswer(
  said: string,
  { whole = false, options = false }: { readonly whole?: boolean; readonly options?: boolean } = {},
): ExtractedAnswer {
  const response = plainCharacters(said);
  const tag = last(tagged(response, 'answer'))?.trim();
  if (tag) return { text: lastBoxed(tag) ?? tag, from: 'answer-tag' };
  const boxed = lastBoxed(response);
  if (boxed) return { text: boxed, from: 'boxed' };
  const phrase = last(response.matchAll(options ? OPTION_IS : ANSWER_IS));
  if (phrase) {
    return { text: claim(response.slice(phrase.index + phrase[0].length), options), from: 'answer-is' };
  }
  if (whole && response.trim() !== '') return { text: response.trim(), from: 'whole' };
  const number = last(response.matchAll(NUMBER))?.[0];
  if (number) return { text: number.trim(), from: 'last-number' };
  return { text: '', from: 'none' };
}

/** Up to the end of the sentence or line; a full stop before anything but space ends none, nor does a factorial's sign. */
function claim(text: string, options: boolean): string {
  const labelled = options ? LABELLED_OPTION.exec(text)?.[0] : undefined;
  const end = text.search(SENTENCE_END);
  const sentence = labelled ? withoutEnd(labelled, /[.\s*]/) : text.slice(0, end < 0 ? undefined : end);
  return withoutEnd(withoutStart(sentence, AROUND), AROUND);
}

function last<T>(items: Iterable<T>): T | undefined {
  let found: T | undefined;
  for (const item of items) found = item;
  return found;
}
