import type { Expression } from './expression.ts';
import { number, Operands } from './operands.ts';
import { NotMathematics, TokenCursor } from './token-cursor.ts';
import { type Token, tokenize } from './tokens.ts';

/** Deep enough for any answer; a hostile one must not exhaust the stack. */
const MAX_DEPTH = 60;

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

/** Sums of products of powers: operators by what they bind tighter than. */
class Parser {
  readonly #tokens: TokenCursor;
  readonly #operands: Operands;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = new TokenCursor(tokens);
    this.#operands = new Operands(this.#tokens, this);
  }

  whole(): Expression {
    const expression = this.sum();
    if (this.#tokens.peek()) throw new NotMathematics();
    return expression;
  }

  sum(): Expression {
    if (++this.#depth > MAX_DEPTH) throw new NotMathematics();
    let left = this.#product();
    for (let sign = this.#tokens.takeSign('+', '-'); sign; sign = this.#tokens.takeSign('+', '-')) {
      left = { kind: 'binary', operator: sign, left, right: this.#product() };
    }
    this.#depth--;
    return left;
  }

  #product(): Expression {
    let left = this.signed();
    for (;;) {
      const sign = this.#tokens.takeSign('*', '/');
      if (sign) left = { kind: 'binary', operator: sign, left, right: this.signed() };
      else if (this.#operands.isNext()) left = this.#juxtaposed(left);
      else return left;
    }
  }

  #juxtaposed(left: Expression): Expression {
    // Two numbers side by side are no product: nobody can tell what they are.
    if (left.kind === 'number' && this.#tokens.peek()?.kind === 'number') throw new NotMathematics();
    return { kind: 'binary', operator: '*', left, right: this.power() };
  }

  signed(): Expression {
    if (this.#tokens.takeSign('-')) return { kind: 'negate', of: this.signed() };
    if (this.#tokens.takeSign('+')) return this.signed();
    return this.#mixed();
  }

  /** 2½ is a sum, with its sign before all of it; everything else side by side is a product. */
  #mixed(): Expression {
    const left = this.power();
    if (left.kind !== 'number' || left.decimals > 0 || !this.#tokens.isCommand('frac')) return left;
    const right = this.power();
    const fraction =
      right.kind === 'binary' &&
      right.operator === '/' &&
      right.left.kind === 'number' &&
      right.right.kind === 'number';
    return { kind: 'binary', operator: fraction ? '+' : '*', left, right };
  }

  power(): Expression {
    let base = this.#operands.next();
    for (;;) {
      if (this.#tokens.takeSign('!')) base = { kind: 'call', name: 'factorial', of: [base] };
      else if (this.#tokens.takeSign('^')) {
        if (this.#tokens.takeDegree()) {
          const degree: Expression = {
            kind: 'binary',
            operator: '/',
            left: { kind: 'constant', name: 'pi' },
            right: number('180'),
          };
          base = { kind: 'binary', operator: '*', left: base, right: degree };
        } else base = { kind: 'binary', operator: '^', left: base, right: this.exponent() };
      } else return base;
    }
  }

  exponent(): Expression {
    if (this.#tokens.takeSign('-')) return { kind: 'negate', of: this.exponent() };
    const exponent = this.#operands.next();
    // Towers stand on their tops: 2^3^2 is 2^(3^2).
    if (this.#tokens.takeSign('^')) {
      return { kind: 'binary', operator: '^', left: exponent, right: this.exponent() };
    }
    return exponent;
  }
}
