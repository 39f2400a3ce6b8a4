/** 0.1\overline{6}: digits, point, digits that stand once, digits that stand for ever. */
const REPEATING = /(?<!\d)(\d*)\.(\d*)\\(?:overline|bar)\s*\{?(\d+)\}?/g;

/** LaTeX with repeating decimals written as the fractions they are: 0.\overline{36} as (36/99). */
export function repeatingAsFraction(text: string): string {
  return text.replace(REPEATING, (_, whole: string, once: string, forever: string) => {
    const all = BigInt(whole + once + forever) - BigInt(`0${whole}${once}`);
    return `(\\frac{${all}}{${'9'.repeat(forever.length)}${'0'.repeat(once.length)}})`;
  });
}
