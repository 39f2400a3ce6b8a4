/** The tokens of one expression, read from left to right. */
import type { Token } from './tokens.ts';

export class NotMathematics extends Error {}

export class TokenCursor {
  readonly #tokens: Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = [...tokens];
  }

  /** The next token, which stays where it is; undefined at the end. */
  peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  /** The next token. @throws NotMathematics at the end */
  take(): Token {
    const token = this.peek();
    if (!token) throw new NotMathematics();
    this.#at++;
    return token;
  }

  isCommand(name: string): boolean {
    const token = this.peek();
    return token?.kind === 'command' && token.name === name;
  }

  takeCommand(name: string): boolean {
    const taken = this.isCommand(name);
    if (taken) this.#at++;
    return taken;
  }

  isSign(text: string): boolean {
    const token = this.peek();
    return token?.kind === 'sign' && token.text === text;
  }

  /** The next token, where it is one of these signs. */
  takeSign<Sign extends string>(...signs: readonly Sign[]): Sign | undefined {
    const taken = signs.find((sign) => this.isSign(sign));
    if (taken) this.#at++;
    return taken;
  }

  expect(sign: string): void {
    if (!this.takeSign(sign)) throw new NotMathematics();
  }

  /** The first digit of a number that has several; undefined where the next token is none. */
  takeDigit(): string | undefined {
    const token = this.peek();
    if (token?.kind !== 'number' || token.text.length === 1) return undefined;
    this.#tokens[this.#at] = { kind: 'number', text: token.text.slice(1) };
    return token.text.charAt(0);
  }

  /** Takes `°`, which is written `\circ` or `{\circ}`. */
  takeDegree(): boolean {
    const start = this.#at;
    const braced = this.takeSign('{') !== undefined;
    if (this.takeCommand('circ')) {
      if (braced) this.expect('}');
      return true;
    }
    this.#at = start;
    return false;
  }

  /** `_1`, `_{12}`: letters and numbers. @throws NotMathematics */
  takeSubscript(): string {
    this.expect('_');
    const braced = this.takeSign('{') !== undefined;
    let name = '';
    for (let token = this.peek(); token; token = this.peek()) {
      if (token.kind === 'sign' || token.kind === 'command') break;
      name += token.text;
      this.#at++;
      if (!braced) break;
    }
    if (braced) this.expect('}');
    if (name === '') throw new NotMathematics();
    return name;
  }
}
