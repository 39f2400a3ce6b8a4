import type { ConstantName, Expression, FunctionName } from './expression.ts';
import { parseDecimal } from './rational.ts';
import { type Token, tokenize } from './tokens.ts';

const CALLS: ReadonlySet<string> = new Set<FunctionName>([
  ...([
    'sin',
    'cos',
    'tan',
    'cot',
    'sec',
    'csc',
    'arcsin',
    'arccos',
    'arctan',
    'sinh',
    'cosh',
    'tanh',
  ] as const),
  ...(['ln', 'log', 'exp'] as const),
]);

const CONSTANTS: Readonly<Record<string, ConstantName>> = { pi: 'pi', infty: 'infinity' };

const GREEK = new Set(
  'alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta kappa lambda mu nu xi rho sigma tau phi varphi chi psi omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega ell'.split(
    ' ',
  ),
);

const INVERSE: Readonly<Record<string, FunctionName>> = { sin: 'arcsin', cos: 'arccos', tan: 'arctan' };

const CLOSING = new Set(['rfloor', 'rceil', '{', '}', '|']);

/** Deep enough for any answer; a hostile one must not exhaust the stack. */
const MAX_DEPTH = 60;

class NotMathematics extends Error {}

/**
 * Reads one expression of cleaned LaTeX or plain text: numbers, letters, + − · / ^, fractions, roots, functions,
 * absolute values, factorials, binomials, degrees, products without a sign. Undefined where it is anything else.
 */
export function parseExpression(text: string): Expression | undefined {
  const tokens = tokenize(text);
  if (!tokens || tokens.length === 0) return undefined;
  try {
    return new Parser(tokens).whole();
  } catch (error) {
    if (error instanceof NotMathematics) return undefined;
    throw error;
  }
}

class Parser {
  readonly #tokens: Token[];
  #at = 0;
  #depth = 0;
  /** Within |…|, the next bar closes. */
  #bars = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = [...tokens];
  }

  whole(): Expression {
    const expression = this.#sum();
    if (this.#at < this.#tokens.length) throw new NotMathematics();
    return expression;
  }

  #sum(): Expression {
    if (++this.#depth > MAX_DEPTH) throw new NotMathematics();
    let left = this.#product();
    for (let sign = this.#takeSign('+', '-'); sign; sign = this.#takeSign('+', '-')) {
      left = { kind: 'binary', operator: sign, left, right: this.#product() };
    }
    this.#depth--;
    return left;
  }

  #product(): Expression {
    let left = this.#signed();
    for (;;) {
      const sign = this.#takeSign('*', '/');
      if (sign) left = { kind: 'binary', operator: sign, left, right: this.#signed() };
      else if (this.#beginsFactor()) left = this.#juxtaposed(left);
      else return left;
    }
  }

  #juxtaposed(left: Expression): Expression {
    // Two numbers side by side are no product: nobody can tell what they are.
    if (left.kind === 'number' && this.#tokens[this.#at]?.kind === 'number') throw new NotMathematics();
    return { kind: 'binary', operator: '*', left, right: this.#power() };
  }

  #signed(): Expression {
    if (this.#takeSign('-')) return { kind: 'negate', of: this.#signed() };
    if (this.#takeSign('+')) return this.#signed();
    return this.#mixed();
  }

  /** 2½ is a sum, with its sign before all of it; everything else side by side is a product. */
  #mixed(): Expression {
    const left = this.#power();
    if (left.kind !== 'number' || left.decimals > 0 || !this.#isCommand('frac')) return left;
    const right = this.#power();
    const fraction =
      right.kind === 'binary' &&
      right.operator === '/' &&
      right.left.kind === 'number' &&
      right.right.kind === 'number';
    return { kind: 'binary', operator: fraction ? '+' : '*', left, right };
  }

  #power(): Expression {
    let base = this.#atom();
    for (;;) {
      if (this.#takeSign('!')) base = { kind: 'call', name: 'factorial', of: [base] };
      else if (this.#takeSign('^')) {
        if (this.#isDegree()) {
          const degree: Expression = {
            kind: 'binary',
            operator: '/',
            left: { kind: 'constant', name: 'pi' },
            right: number('180'),
          };
          base = { kind: 'binary', operator: '*', left: base, right: degree };
        } else base = { kind: 'binary', operator: '^', left: base, right: this.#exponent() };
      } else return base;
    }
  }

  #exponent(): Expression {
    if (this.#takeSign('-')) return { kind: 'negate', of: this.#exponent() };
    const exponent = this.#atom();
    // Towers stand on their tops: 2^3^2 is 2^(3^2).
    if (this.#takeSign('^')) {
      return { kind: 'binary', operator: '^', left: exponent, right: this.#exponent() };
    }
    return exponent;
  }

  #atom(): Expression {
    const token = this.#tokens[this.#at++];
    if (!token) throw new NotMathematics();
    if (token.kind === 'number') return number(token.text);
    if (token.kind === 'letter') return this.#letter(token.text);
    if (token.kind === 'command') return this.#command(token.name);
    if (token.text === '(') return this.#until(')');
    if (token.text === '[') return this.#until(']');
    if (token.text === '{') return this.#until('}');
    if (token.text === '|') {
      this.#bars++;
      const inside = this.#sum();
      this.#expect('|');
      this.#bars--;
      return { kind: 'call', name: 'abs', of: [inside] };
    }
    throw new NotMathematics();
  }

  #letter(letter: string): Expression {
    if (this.#isSign('_')) return { kind: 'variable', name: `${letter}_${this.#subscript()}` };
    if (letter === 'e') return { kind: 'constant', name: 'e' };
    if (letter === 'i') return { kind: 'constant', name: 'i' };
    return { kind: 'variable', name: letter };
  }

  #command(name: string): Expression {
    const constant = CONSTANTS[name];
    if (constant) return { kind: 'constant', name: constant };
    if (GREEK.has(name)) {
      const subscript = this.#isSign('_') ? `_${this.#subscript()}` : '';
      return { kind: 'variable', name: `\\${name}${subscript}` };
    }
    if (name === 'frac') {
      const [left, right] = [this.#fractionPart(), this.#fractionPart()];
      return { kind: 'binary', operator: '/', left, right };
    }
    if (name === 'binom') return { kind: 'call', name: 'binomial', of: [this.#argument(), this.#argument()] };
    if (name === 'sqrt') return this.#root();
    if (name === 'lfloor') return this.#bracketed('floor', 'rfloor');
    if (name === 'lceil') return this.#bracketed('ceil', 'rceil');
    if (CALLS.has(name)) return this.#call(name as FunctionName);
    throw new NotMathematics();
  }

  #root(): Expression {
    let degree: Expression = number('2');
    if (this.#takeSign('[')) degree = this.#until(']');
    return { kind: 'call', name: 'root', of: [this.#argument(), degree] };
  }

  #bracketed(name: FunctionName, closing: string): Expression {
    const inside = this.#sum();
    if (!this.#isCommand(closing)) throw new NotMathematics();
    this.#at++;
    return { kind: 'call', name, of: [inside] };
  }

  /** sin x, sin^2 x, sin^{-1} x, log_2 8; the argument without brackets reaches to the next sign or function. */
  #call(name: FunctionName): Expression {
    let base: Expression | undefined;
    let exponent: Expression | undefined;
    for (;;) {
      if (this.#takeSign('_')) base = this.#argument();
      else if (this.#takeSign('^')) exponent = this.#exponent();
      else break;
    }
    const inverse = isMinusOne(exponent) ? INVERSE[name] : undefined;
    const of: Expression[] = [this.#callArgument()];
    if (name === 'log' && base) of.push(base);
    else if (base) throw new NotMathematics();
    const call: Expression = { kind: 'call', name: inverse ?? name, of };
    if (!exponent || inverse) return call;
    return { kind: 'binary', operator: '^', left: call, right: exponent };
  }

  #callArgument(): Expression {
    if (this.#isSign('(') || this.#isSign('[') || this.#isSign('{')) return this.#power();
    if (this.#isSign('-')) return this.#signed();
    let argument = this.#power();
    while (this.#beginsFactor() && !this.#isSign('(') && !this.#beginsCall()) {
      argument = { kind: 'binary', operator: '*', left: argument, right: this.#power() };
    }
    return argument;
  }

  /** A braced group, or one token: `\sqrt12` is read as √12, as people mean it. */
  #argument(): Expression {
    return this.#atom();
  }

  /** As TeX reads it: `\frac12` is ½, one digit each. */
  #fractionPart(): Expression {
    const token = this.#tokens[this.#at];
    if (token?.kind === 'number' && token.text.length > 1) {
      this.#tokens[this.#at] = { kind: 'number', text: token.text.slice(1) };
      return number(token.text.charAt(0));
    }
    return this.#atom();
  }

  #subscript(): string {
    this.#expect('_');
    const braced = this.#takeSign('{') !== undefined;
    let name = '';
    for (let token = this.#tokens[this.#at]; token; token = this.#tokens[this.#at]) {
      if (token.kind === 'sign' || token.kind === 'command') break;
      name += token.text;
      this.#at++;
      if (!braced) break;
    }
    if (braced) this.#expect('}');
    if (name === '') throw new NotMathematics();
    return name;
  }

  #until(closing: string): Expression {
    const bars = this.#bars;
    this.#bars = 0;
    const inside = this.#sum();
    this.#expect(closing);
    this.#bars = bars;
    return inside;
  }

  #beginsFactor(): boolean {
    const token = this.#tokens[this.#at];
    if (!token) return false;
    if (token.kind === 'sign') return '([{'.includes(token.text) || (token.text === '|' && this.#bars === 0);
    return token.kind !== 'command' || !CLOSING.has(token.name);
  }

  #beginsCall(): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'command' && CALLS.has(token.name);
  }

  #isDegree(): boolean {
    const start = this.#at;
    const braced = this.#takeSign('{') !== undefined;
    if (this.#isCommand('circ')) {
      this.#at++;
      if (braced) this.#expect('}');
      return true;
    }
    this.#at = start;
    return false;
  }

  #isCommand(name: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'command' && token.name === name;
  }

  #isSign(text: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'sign' && token.text === text;
  }

  #takeSign<Sign extends string>(...signs: readonly Sign[]): Sign | undefined {
    const taken = signs.find((sign) => this.#isSign(sign));
    if (taken) this.#at++;
    return taken;
  }

  #expect(sign: string): void {
    if (!this.#takeSign(sign)) throw new NotMathematics();
  }
}

function number(text: string): Expression {
  const value = parseDecimal(text);
  if (!value) throw new NotMathematics();
  return { kind: 'number', value, decimals: /\.(\d*)/.exec(text)?.[1]?.length ?? 0 };
}

function isMinusOne(exponent: Expression | undefined): boolean {
  if (exponent?.kind !== 'negate' || exponent.of.kind !== 'number') return false;
  return exponent.of.value.top === 1n && exponent.of.value.bottom === 1n;
}
