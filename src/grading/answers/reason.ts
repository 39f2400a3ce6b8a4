import { withoutEnd, withoutStart } from '../../trim.ts';

/** What leads to an answer and says nothing of it: "the answer is therefore 12". */
const LEAD = /^(?:[,:]\s*)?(?:therefore|thus|then|hence|simply|just|indeed|clearly|given by)\b[\s,:]*/i;

/** Where a reason, or what the answer is not, begins, in Chinese any clause. What follows "as well" belongs to the answer. */
const REASON =
  /,\s?(?![或和及且与])[\u4e00-\u9fff]|,?\s(?:since|because|rather than|instead of|and not)\s|,\s*(?:as(?!\s+(?:well|far|long|much|many)\b)|given|not|i\.e\.?|that is)[\s,]|\s[—–]\s+(?=[a-zA-Z]{3})/i;

/** "No, it is not." But not "No, but yes". */
const VERDICT = /^\s*(yes|no)[,.]\s(?![\s\S]*\b(?:yes|no|but|if|unless|except|maybe)\b)/i;

/** What only says that nothing else is meant. */
const FILLER = /[\s,](?:altogether|in total|in all|overall|respectively)$/i;

/** Within brackets: another answer, a condition, or how the answer is to be read. */
const HEDGE =
  /\b(?:or|either|if|unless|else|otherwise|but|except|only|maybe|perhaps|possibly|alternatively|mod|modulo|base)\b|^\s*(?:in|and|to|per|plus|minus|times)\b/i;
const REASON_WORD = /^(?:=|\s*(?:since|because|as|from|by|using|rounded|that is|i\.e|not|given)\b)/i;
/** A name of at least three letters that is no function of mathematics and no command. */
const WORD =
  /(?<![\\a-zA-Z])(?!(?:sin|cos|tan|cot|sec|csc|log|exp|max|min|sqrt|det|gcd|lcm|mod)\b)[a-zA-Z]{3,}/;
/** Behind a reason: it was none, or holds under a condition alone. */
const TAKEN_BACK =
  /不对|错|但|如果|除非|\b(?:wait|actually|correction|mistake|wrong|incorrect|if|unless|else|otherwise)\b/i;
const IN_WORDS = /^[a-zA-Z ]{3,}$/;
/** A calculation of numbers alone, which may be a factor. */
const NUMBERS_ALONE = /^[\d\s.,*/+×·÷^-]+$/;
const OPERATION = /\d\s*[-*/+×·÷^]\s*\d/;
/** Before a factor or a summand. */
const OPEN_ENDED = /(?:\b(?:times|plus|minus|over|of|and|or|than|by)|[-+*/=×·÷])$/i;
/** Longer texts are no answers. */
const MAX_LENGTH = 1000;
const CALCULATES = /\d[\s\S]*?\d/;

/**
 * An answer without the reason that follows it: "25 (5 pages at 5 minutes each)", "12, since 3 * 4 = 12", "7, not 8".
 * What may be another answer, a condition, a factor or a unit stays: "25 (or 26)", "3 (x + 1)", "12 (cm)".
 * Undefined where nothing is left out, or nothing would be left. `same` says whether two texts have one value: then
 * "25 (5 * 5)" explains itself.
 */
export function withoutReason(
  answer: string,
  same: (a: string, b: string) => boolean = () => false,
): string | undefined {
  if (answer.length > MAX_LENGTH) return undefined;
  const verdict = VERDICT.exec(answer)?.[1];
  if (verdict !== undefined) return verdict;
  let rest = answer.replace(LEAD, '');
  const reason = REASON.exec(rest);
  if (reason && TAKEN_BACK.test(rest.slice(reason.index))) return undefined;
  if (reason) rest = rest.slice(0, reason.index);
  rest = withoutFiller(withoutBracket(withoutStop(rest), same));
  // A comma at the end may announce another item, unless it was that before the reason.
  if (rest === withoutStop(answer)) return undefined;
  rest = withoutEnd(withoutStart(rest, /[\s*"'“”]/), /[\s*"'“”,;:]/);
  return rest === '' ? undefined : rest;
}

function withoutStop(text: string): string {
  return withoutEnd(text.trim(), /\./);
}

function withoutFiller(text: string): string {
  const filler = FILLER.exec(text);
  return filler ? withoutEnd(text.slice(0, filler.index), /[\s,]/) : text;
}

function withoutBracket(text: string, same: (a: string, b: string) => boolean): string {
  if (!text.endsWith(')')) return text;
  const open = openingOf(text);
  const head = text.slice(0, Math.max(open, 0)).trimEnd();
  // "3(x + 1)" is a product.
  if (head === '' || head.length === open || OPEN_ENDED.test(head)) return text;
  const inside = text.slice(open + 1, -1).trim();
  const says = CALCULATES.test(inside) || (IN_WORDS.test(head) && inside.includes(' '));
  const explains =
    REASON_WORD.test(inside) ||
    (WORD.test(inside) && says) ||
    (NUMBERS_ALONE.test(inside) && OPERATION.test(inside) && same(head, inside));
  return explains && !HEDGE.test(inside) ? head : text;
}

/** Where the bracket opens that the last sign closes; -1 where none does. */
function openingOf(text: string): number {
  let depth = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ')') depth++;
    else if (text[at] === '(' && --depth === 0) return at;
  }
  return -1;
}
