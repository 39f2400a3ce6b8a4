/** "a, b and c". */
export function listed(parts: readonly string[]): string {
  const last = parts[parts.length - 1];
  if (last === undefined) return 'nothing';
  return parts.length === 1 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

/** "an orange star", "a star". */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** Plural of our shapes' and things' names: "cross" gives "crosses". */
export function plural(noun: string): string {
  return /(s|x|ch|sh)$/.test(noun)
    ? `${noun}es`
    : /[^aeiou]y$/.test(noun)
      ? `${noun.slice(0, -1)}ies`
      : `${noun}s`;
}

/** "Two stars" needs a capital. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const UNITS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

/** A whole number below 100 in words. Throws RangeError for others. */
export function inWords(value: number): string {
  const unit = UNITS[value];
  if (unit !== undefined) return unit;
  const ten = TENS[Math.floor(value / 10) - 2];
  if (ten === undefined || !Number.isInteger(value)) throw new RangeError(`${value} is not below 100`);
  return value % 10 === 0 ? ten : `${ten}-${UNITS[value % 10] ?? ''}`;
}

/** Whether a text says a word or number by itself: "3" is said in "3 apples", not in "13" or "a3". */
export function mentions(text: string, word: string): boolean {
  const [where, what] = [text.toLowerCase(), word.toLowerCase().trim()];
  for (let at = where.indexOf(what); at !== -1; at = where.indexOf(what, at + 1)) {
    const alone = !/[a-z0-9]/.test(where.charAt(at - 1)) && !/[a-z0-9]/.test(where.charAt(at + what.length));
    if (alone) return true;
  }
  return false;
}
