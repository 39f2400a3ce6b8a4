/** What operators join: numbers, letters, groups, and commands with what they are called with. */
import type { Expression, FunctionName } from './expression.ts';
import { parseDecimal } from './rational.ts';
import { NotMathematics, type TokenCursor } from './token-cursor.ts';
import { CALLS, CONSTANTS, GREEK, INVERSES } from './vocabulary.ts';

/** The operators, as far as operands contain them. */
export interface Operators {
  sum(): Expression;
  signed(): Expression;
  power(): Expression;
  exponent(): Expression;
}

const CLOSING = new Set(['rfloor', 'rceil', '{', '}', '|']);

export class Operands {
  readonly #tokens: TokenCursor;
  readonly #operators: Operators;
  /** Within |…|, the next bar closes. */
  #bars = 0;

  constructor(tokens: TokenCursor, operators: Operators) {
    this.#tokens = tokens;
    this.#operators = operators;
  }

  /** A number, a letter, a group, or a command with its arguments: `\sqrt12` is read as √12, as people mean it. */
  next(): Expression {
    const token = this.#tokens.take();
    if (token.kind === 'number') return number(token.text);
    if (token.kind === 'letter') return this.#letter(token.text);
    if (token.kind === 'command') return this.#command(token.name);
    if (token.text === '(') return this.#until(')');
    if (token.text === '[') return this.#until(']');
    if (token.text === '{') return this.#until('}');
    if (token.text === '|') {
      this.#bars++;
      const inside = this.#operators.sum();
      this.#tokens.expect('|');
      this.#bars--;
      return { kind: 'call', name: 'abs', of: [inside] };
    }
    throw new NotMathematics();
  }

  #letter(letter: string): Expression {
    if (this.#tokens.isSign('_'))
      return { kind: 'variable', name: `${letter}_${this.#tokens.takeSubscript()}` };
    if (letter === 'e') return { kind: 'constant', name: 'e' };
    if (letter === 'i') return { kind: 'constant', name: 'i' };
    return { kind: 'variable', name: letter };
  }

  #command(name: string): Expression {
    const constant = CONSTANTS.get(name);
    if (constant) return { kind: 'constant', name: constant };
    if (GREEK.has(name)) {
      const subscript = this.#tokens.isSign('_') ? `_${this.#tokens.takeSubscript()}` : '';
      return { kind: 'variable', name: `\\${name}${subscript}` };
    }
    if (name === 'frac') {
      const [left, right] = [this.#fractionPart(), this.#fractionPart()];
      return { kind: 'binary', operator: '/', left, right };
    }
    if (name === 'binom') return { kind: 'call', name: 'binomial', of: [this.next(), this.next()] };
    if (name === 'sqrt') return this.#root();
    if (name === 'lfloor') return this.#bracketed('floor', 'rfloor');
    if (name === 'lceil') return this.#bracketed('ceil', 'rceil');
    if (CALLS.has(name)) return this.#call(name as FunctionName);
    throw new NotMathematics();
  }

  #root(): Expression {
    let degree: Expression = number('2');
    if (this.#tokens.takeSign('[')) degree = this.#until(']');
    return { kind: 'call', name: 'root', of: [this.next(), degree] };
  }

  #bracketed(name: FunctionName, closing: string): Expression {
    const inside = this.#operators.sum();
    if (!this.#tokens.takeCommand(closing)) throw new NotMathematics();
    return { kind: 'call', name, of: [inside] };
  }

  /** sin x, sin^2 x, sin^{-1} x, log_2 8; the argument without brackets reaches to the next sign or function. */
  #call(name: FunctionName): Expression {
    let base: Expression | undefined;
    let exponent: Expression | undefined;
    for (;;) {
      if (this.#tokens.takeSign('_')) base = this.next();
      else if (this.#tokens.takeSign('^')) exponent = this.#operators.exponent();
      else break;
    }
    const inverse = isMinusOne(exponent) ? INVERSES[name] : undefined;
    const of: Expression[] = [this.#callArgument()];
    if (name === 'log' && base) of.push(base);
    else if (base) throw new NotMathematics();
    const call: Expression = { kind: 'call', name: inverse ?? name, of };
    if (!exponent || inverse) return call;
    return { kind: 'binary', operator: '^', left: call, right: exponent };
  }

  #callArgument(): Expression {
    if (this.#tokens.isSign('(') || this.#tokens.isSign('[') || this.#tokens.isSign('{'))
      return this.#operators.power();
    if (this.#tokens.isSign('-')) return this.#operators.signed();
    let argument = this.#operators.power();
    while (this.isNext() && !this.#tokens.isSign('(') && !this.#beginsCall()) {
      argument = { kind: 'binary', operator: '*', left: argument, right: this.#operators.power() };
    }
    return argument;
  }

  /** As TeX reads it: `\frac12` is ½, one digit each. */
  #fractionPart(): Expression {
    const digit = this.#tokens.takeDigit();
    return digit === undefined ? this.next() : number(digit);
  }

  #until(closing: string): Expression {
    const bars = this.#bars;
    this.#bars = 0;
    const inside = this.#operators.sum();
    this.#tokens.expect(closing);
    this.#bars = bars;
    return inside;
  }

  /** Whether the next token begins an operand, so that one beside another is a product. */
  isNext(): boolean {
    const token = this.#tokens.peek();
    if (!token) return false;
    if (token.kind === 'sign') return '([{'.includes(token.text) || (token.text === '|' && this.#bars === 0);
    return token.kind !== 'command' || !CLOSING.has(token.name);
  }

  #beginsCall(): boolean {
    const token = this.#tokens.peek();
    return token?.kind === 'command' && CALLS.has(token.name);
  }
}

/** A number as it is written. @throws NotMathematics */
export function number(text: string): Expression {
  const value = parseDecimal(text);
  if (!value) throw new NotMathematics();
  return { kind: 'number', value, decimals: /\.(\d*)/.exec(text)?.[1]?.length ?? 0 };
}

function isMinusOne(exponent: Expression | undefined): boolean {
  if (exponent?.kind !== 'negate' || exponent.of.kind !== 'number') return false;
  return exponent.of.value.top === 1n && exponent.of.value.bottom === 1n;
}
