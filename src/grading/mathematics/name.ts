/** x, x_1, \theta, f(x), f^{-1}(x), a/b as a fraction, AB, \overline{AB}, m\angle ABC, (x, y), \text{Area}. */
const NAMES = [
  /^(?:[a-zA-Z](?:_\{?\w+\}?)?'*|\\(?:alpha|beta|gamma|delta|theta|phi|varphi|lambda|mu|omega))(?: ?\^ ?(?:\{ ?)?\\circ ?\}?)?$/,
  /^[a-zA-Z]'*(?:\^\{-1\})? ?\([a-z0-9, -]*\)$/,
  /^\\frac ?\{[a-zA-Z]{1,3}\} ?\{[a-zA-Z]{1,3}\}$/,
  /^\|?[A-Z]{2,3}\|?$/,
  /^\\overline ?\{[A-Z]{2}\}$/,
  /^m? ?\\(?:angle|triangle) ?(?:[A-Z]{1,3}|\d|[a-z]|\{[A-Z]{1,3}\}|\\(?:alpha|beta|gamma|delta|theta|phi|varphi|lambda|mu|omega))$/,
  /^\( ?(?:[a-zA-Z](?:_\{?\w+\}?)?'*|\\(?:alpha|beta|gamma|delta|theta|phi|varphi|lambda|mu|omega))(?: ?, ?(?:[a-zA-Z](?:_\{?\w+\}?)?'*|\\(?:alpha|beta|gamma|delta|theta|phi|varphi|lambda|mu|omega)))+ ?\)$/,
  /^(?:\\(?:text|mathrm|textbf|operatorname) ?\{[a-zA-Z ]+\}|[A-Z]?[a-z]{3,}(?: [a-z]+)*)$/,
];
/** a + b, m + n + p, xy: letters added or multiplied. */
const COMPOUND_NAME = /^[a-zA-Z](?: ?(?:[-+] ?)?[a-zA-Z])+$/;

/** What stands left of an answer's equals sign, where that only says what the answer is the value of. */
export interface Name {
  readonly name: string;
  /** A sum or product of letters: whoever is asked for a + b may say so, but 42 does not say a + b = 42. */
  readonly compound: boolean;
}

/** Reads the side of an equation as a name; undefined where it says more than one. */
export function parseName(side: string): Name | undefined {
  const name = side.replaceAll(' ', '');
  if (NAMES.some((pattern) => pattern.test(side))) return { name, compound: false };
  return COMPOUND_NAME.test(side) ? { name, compound: true } : undefined;
}
