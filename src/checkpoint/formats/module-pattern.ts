/**
 * Regular expressions of module names, of compressed-tensors' `targets` and of peft's patterns, matched without backtracking: a folder may hold any pattern, and one that
 * repeats a repetition would keep a backtracking matcher busy for hours.
 */

/** From some positions of a text to all positions that can be reached by taking what the pattern says. */
type Step = (text: string, from: ReadonlySet<number>) => ReadonlySet<number>;

/** Longest module name and pattern that are tried; the longest published have 60 characters. */
const MAX_CHARACTERS = 256;

/**
 * Literals, `.`, classes, `\d \w \s` and their opposites, groups, `|`, `* + ?` (greedy or not), `^`, `$`, lookahead: what published
 * configs use.
 *
 * @returns whether a name matches from its beginning, as Python's `re.match` does; null for any other syntax
 */
export function modulePattern(source: string): ((name: string) => boolean) | null {
  if (source.length > MAX_CHARACTERS) return null;
  const parser = new Parser(source);
  const step = parser.whole();
  if (step === null) return null;
  return (name) => name.length <= MAX_CHARACTERS && step(name, new Set([0])).size > 0;
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  ...{ d: /\d/, D: /\D/, w: /\w/, W: /\W/, s: /\s/, S: /\S/ },
};

/** One character of the text that fits. */
const character =
  (fits: (char: string) => boolean): Step =>
  (text, from) =>
    new Set([...from].filter((at) => at < text.length && fits(text.charAt(at))).map((at) => at + 1));

/** Stays where it is. */
const standing =
  (holds: (text: string, at: number) => boolean): Step =>
  (text, from) =>
    new Set([...from].filter((at) => holds(text, at)));

const inTurn =
  (steps: readonly Step[]): Step =>
  (text, from) =>
    steps.reduce((positions, step) => step(text, positions), from);

const anyOf =
  (steps: readonly Step[]): Step =>
  (text, from) =>
    new Set(steps.flatMap((step) => [...step(text, from)]));

/** Every position is reached once, whatever is repeated. */
const repeated =
  (step: Step): Step =>
  (text, from) => {
    const reached = new Set(from);
    let latest: ReadonlySet<number> = from;
    while (latest.size > 0) {
      latest = new Set([...step(text, latest)].filter((at) => !reached.has(at)));
      for (const at of latest) reached.add(at);
    }
    return reached;
  };

class Parser {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  whole(): Step | null {
    const step = this.#alternatives();
    return this.#at === this.#source.length ? step : null;
  }

  #take(text: string): boolean {
    const found = this.#source.startsWith(text, this.#at);
    if (found) this.#at += text.length;
    return found;
  }

  #alternatives(): Step | null {
    const steps: (Step | null)[] = [this.#sequence()];
    while (this.#take('|')) steps.push(this.#sequence());
    return steps.every((step) => step !== null) ? anyOf(steps) : null;
  }

  #sequence(): Step | null {
    const steps: Step[] = [];
    while (this.#at < this.#source.length && !/[|)]/.test(this.#source.charAt(this.#at))) {
      const step = this.#quantified();
      if (step === null) return null;
      steps.push(step);
    }
    return inTurn(steps);
  }

  #quantified(): Step | null {
    const step = this.#atom();
    if (step === null) return null;
    const quantifier = ['*', '+', '?'].find((sign) => this.#take(sign));
    if (quantifier === undefined) return step;
    // Which of several ways is tried first changes nothing about whether there is one.
    this.#take('?');
    if (quantifier === '?') return anyOf([step, inTurn([])]);
    return quantifier === '*' ? repeated(step) : inTurn([step, repeated(step)]);
  }

  #atom(): Step | null {
    if (this.#take('(')) return this.#group();
    if (this.#take('[')) return this.#class();
    if (this.#take('^')) return standing((_, at) => at === 0);
    if (this.#take('$')) return standing((text, at) => at === text.length);
    if (this.#take('.')) return character(() => true);
    const escaped = this.#take('\\');
    const char = this.#source.charAt(this.#at);
    this.#at += 1;
    if (escaped) return this.#escape(char);
    return char === '' || /[*+?{]/.test(char) ? null : character((other) => other === char);
  }

  #escape(char: string): Step | null {
    const fits = this.#member(char);
    return fits && character(fits);
  }

  /** What an escape stands for, inside a class and outside. */
  #member(char: string): ((other: string) => boolean) | null {
    const known = CLASSES[char];
    if (known) return (other) => known.test(other);
    return /^[^\w]$/.test(char) ? (other) => other === char : null;
  }

  #group(): Step | null {
    const ahead = this.#take('?!') ? false : this.#take('?=') ? true : null;
    if (ahead === null && this.#source.charAt(this.#at) === '?' && !this.#take('?:')) return null;
    const step = this.#alternatives();
    if (step === null || !this.#take(')')) return null;
    if (ahead === null) return step;
    return standing((text, at) => step(text, new Set([at])).size > 0 === ahead);
  }

  #class(): Step | null {
    const negated = this.#take('^');
    const members: ((char: string) => boolean)[] = [];
    for (let first = true; first || !this.#take(']'); first = false) {
      const escaped = this.#take('\\');
      const char = this.#source.charAt(this.#at);
      if (char === '') return null;
      this.#at += 1;
      const last = this.#source.charAt(this.#at + 1);
      if (escaped) {
        const fits = this.#member(char);
        if (!fits) return null;
        members.push(fits);
      } else if (this.#source.charAt(this.#at) === '-' && last !== ']' && last !== '' && last !== '\\') {
        this.#at += 2;
        members.push((other) => other >= char && other <= last);
      } else {
        members.push((other) => other === char);
      }
    }
    return character((char) => members.some((fits) => fits(char)) !== negated);
  }
}
