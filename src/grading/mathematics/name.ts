const LABEL = String.raw`[a-zA-Z](?:_\{?\w+\}?)?'*`;
const GREEK_LABEL = String.raw`\\(?:alpha|beta|gamma|delta|theta|phi|varphi|lambda|mu|omega)`;
/** x, x_1, \theta, f(x), f^{-1}(x), a/b as a fraction, AB, \overline{AB}, m\angle ABC, (x, y), \text{Area}. */
const NAME = new RegExp(
  [
    String.raw`^(?:${LABEL}|${GREEK_LABEL})(?:\s*\^\s*\{?\s*\\circ\s*\}?)?$`,
    String.raw`^[a-zA-Z]'*(?:\^\{-1\})?\s*\([a-z0-9, -]*\)$`,
    String.raw`^\\frac\s*\{[a-zA-Z]{1,3}\}\s*\{[a-zA-Z]{1,3}\}$`,
    String.raw`^\|?[A-Z]{2,3}\|?$`,
    String.raw`^\\overline\s*\{[A-Z]{2}\}$`,
    String.raw`^m?\s*\\(?:angle|triangle)\s*(?:[A-Z]{1,3}|\d|[a-z]|\{[A-Z]{1,3}\}|${GREEK_LABEL})$`,
    String.raw`^\(\s*(?:${LABEL}|${GREEK_LABEL})(?:\s*,\s*(?:${LABEL}|${GREEK_LABEL}))+\s*\)$`,
    String.raw`^(?:\\(?:text|mathrm|textbf|operatorname)\s*\{[a-zA-Z ]+\}|[A-Z]?[a-z]{3,}(?: [a-z]+)*)$`,
  ].join('|'),
);
/** a + b, m + n + p, xy: letters added or multiplied. */
const COMPOUND_NAME = /^[a-zA-Z](?:\s*[-+]?\s*[a-zA-Z])+$/;

/** What stands left of an answer's equals sign, where that only says what the answer is the value of. */
export interface Name {
  readonly name: string;
  /** A sum or product of letters: whoever is asked for a + b may say so, but 42 does not say a + b = 42. */
  readonly compound: boolean;
}

/** Reads the side of an equation as a name; undefined where it says more than one. */
export function parseName(side: string): Name | undefined {
  const name = side.replaceAll(' ', '');
  if (NAME.test(side)) return { name, compound: false };
  return COMPOUND_NAME.test(side) ? { name, compound: true } : undefined;
}
