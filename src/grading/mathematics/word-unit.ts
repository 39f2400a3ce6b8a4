/** A power behind a unit, the last signs of a text. */
const POWER = / ?\^ ?\{?[23]\}?$/;
/** What a unit is divided by: `/h`. */
const PER = /\/ ?[a-zA-Z]+$/;

/**
 * "12 square inches", "3 apples", "5 km/h", "2 sq. ft^2": words behind a number, from the last digit, bracket or stop with a
 * space behind it on. Undefined where none stand there. Read from the end: a pattern would try each stop with each space.
 */
export function wordUnit(text: string): { readonly number: string; readonly unit: string } | undefined {
  const plain = text.replace(POWER, '');
  const at = beforeWords(plain, plain.length) ?? beforeWords(plain, PER.exec(plain)?.index ?? 0);
  return at === undefined ? undefined : { number: text.slice(0, at + 1), unit: text.slice(at + 2) };
}

/** Where the last digit, bracket or stop stands that only a space and words follow, up to `end`. */
function beforeWords(text: string, end: number): number | undefined {
  for (let at = end - 3; at >= 0; at--) {
    if (!/[a-zA-Z .]/.test(text.charAt(at + 2))) return undefined;
    const begins = /[a-zA-Z]/.test(text.charAt(at + 2)) && text[at + 1] === ' ';
    // The stop of "5. cm" ends a number, that of "5 sq. cm" a word.
    if (begins && /[\d)}]\.?$/.test(text.slice(Math.max(at - 1, 0), at + 1))) return at;
  }
  return undefined;
}
