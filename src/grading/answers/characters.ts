/** What Unicode's own folding leaves, or makes something else of. */
const SIGNS: ReadonlyMap<string, string> = new Map([
  ['。', '. '],
  ['、', ','],
  ['\u3000', ' '],
  ['’', "'"],
  ['‘', "'"],
  ['′', "'"],
  ['″', '"'],
  ['µ', 'μ'],
  ['∶', ':'],
  ['⁄', '/'],
  ['∠', '\\angle '],
  ['△', '\\triangle '],
  ['∥', '\\parallel '],
  ['⊥', '\\perp '],
  ['∛', '\\sqrt[3] '],
  ['∜', '\\sqrt[4] '],
]);

const FOLDED = /[。、\u3000’‘′″µ∶⁄∠△∥⊥∛∜！-～¼-¾⅐-⅞]|[⁰¹²³⁴-⁹ⁿ⁺⁻]+|[₀-₉₊₋]+/g;

/**
 * A text with one spelling for characters that stand for others, as LaTeX or ASCII writes them: `２５` is `25`, `（A）` is
 * `(A)`, `H₂O` is `H_2O`, `10²³` is `10^{23}`, `⅔` is `\frac{2}{3}`.
 */
export function plainCharacters(text: string): string {
  return text.replace(FOLDED, (found, at: number) => {
    const sign = SIGNS.get(found);
    if (sign !== undefined) return sign;
    const plain = found.normalize('NFKC').replaceAll('−', '-');
    if (/[！-～]/.test(found)) return plain;
    const [top, bottom] = plain.split('⁄');
    if (bottom !== undefined) return `\\frac{${top}}{${bottom}}`;
    const alone = plain.length === 1 && !/\d/.test(text.charAt(at + found.length));
    return (/[₀-₉₊₋]/.test(found) ? '_' : '^') + (alone ? plain : `{${plain}}`);
  });
}
