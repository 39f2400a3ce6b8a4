/** Reads the part of WGSL that the README names. */

export type Expression =
  | { readonly kind: 'number'; readonly value: number; readonly type: 'u32' | 'f32' }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'unary'; readonly op: string; readonly of: Expression }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'index'; readonly of: Expression; readonly at: Expression }
  | { readonly kind: 'member'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] };

export type Statement =
  | {
      readonly kind: 'declare';
      readonly name: string;
      readonly type: TypeName | undefined;
      readonly value: Expression | undefined;
    }
  | { readonly kind: 'assign'; readonly target: Expression; readonly op: string; readonly value: Expression }
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | {
      readonly kind: 'if';
      readonly test: Expression;
      readonly yes: Statement;
      readonly no: Statement | undefined;
    }
  | {
      readonly kind: 'for';
      readonly first: Statement;
      readonly test: Expression;
      readonly step: Statement;
      readonly body: Statement;
    }
  | { readonly kind: 'return'; readonly value: Expression | undefined }
  | { readonly kind: 'call'; readonly call: Expression };

/** `length` of an array of `element`s, absent where the buffer decides. */
export interface TypeName {
  readonly element: string;
  readonly array: boolean;
  readonly length: Expression | undefined;
}

export interface Variable {
  readonly name: string;
  readonly space: 'workgroup' | 'storage';
  readonly writable: boolean;
  readonly type: TypeName;
}

export interface FunctionSource {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly type: string; readonly builtin: string }[];
  readonly body: Statement;
  readonly workgroup: readonly Expression[];
}

export interface Module {
  /** Fields of the uniform block, all u32. */
  readonly params: readonly string[];
  readonly constants: readonly { readonly name: string; readonly value: Expression }[];
  readonly variables: readonly Variable[];
  readonly functions: readonly FunctionSource[];
}

const TOKEN =
  /\s+|\/\/[^\n]*|(\d+(?:\.\d+)?e-?\d+|\d+\.\d+|\d+u?|[A-Za-z_]\w*|\+\+|--|->|[-+*/]=|[<>=!]=|&&|\|\||[-+*/%<>=!(){}[\].,;:@])/y;
const BINARY: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

export function parseModule(code: string): Module {
  return new Parser(tokens(code)).module();
}

function tokens(code: string): string[] {
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < code.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(code);
    if (!match) throw new Error(`not understood: ${code.slice(at, at + 40)}`);
    if (match[1] !== undefined) found.push(match[1]);
  }
  return found;
}

class Parser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(list: readonly string[]) {
    this.#tokens = list;
  }

  module(): Module {
    const params: string[] = [];
    const constants: { name: string; value: Expression }[] = [];
    const variables: Variable[] = [];
    const functions: FunctionSource[] = [];
    while (this.#at < this.#tokens.length) {
      const workgroup = this.#attributes();
      const word = this.#next();
      if (word === 'struct') params.push(...this.#struct());
      else if (word === 'const') constants.push(this.#constant());
      else if (word === 'fn') functions.push(this.#function(workgroup));
      else if (word === 'var') {
        const variable = this.#variable();
        if (variable) variables.push(variable);
      } else throw new Error(`not understood: ${word}`);
    }
    return { params, constants, variables, functions };
  }

  /** The arguments of `@workgroup_size`; others say nothing that is needed. */
  #attributes(): Expression[] {
    let workgroup: Expression[] = [];
    while (this.#accept('@')) {
      const name = this.#next();
      if (!this.#accept('(')) continue;
      const args = this.#list(')');
      if (name === 'workgroup_size') workgroup = args;
    }
    return workgroup;
  }

  #struct(): string[] {
    this.#next();
    this.#expect('{');
    const names: string[] = [];
    while (!this.#accept('}')) {
      names.push(this.#next());
      this.#expect(':');
      this.#expect('u32');
      this.#accept(',');
    }
    return names;
  }

  #constant(): { name: string; value: Expression } {
    const name = this.#next();
    this.#expect('=');
    const value = this.#expression();
    this.#expect(';');
    return { name, value };
  }

  #variable(): Variable | undefined {
    this.#expect('<');
    const space = this.#next();
    const access = this.#accept(',') ? this.#next() : 'read_write';
    this.#expect('>');
    const name = this.#next();
    this.#expect(':');
    const type = this.#type();
    this.#expect(';');
    if (space !== 'workgroup' && space !== 'storage') return undefined;
    return { name, space, writable: access === 'read_write', type };
  }

  #type(): TypeName {
    const name = this.#next();
    if (name === 'array') {
      this.#expect('<');
      const { element } = this.#type();
      const length = this.#accept(',') ? this.#expression(5) : undefined;
      this.#expect('>');
      return { element, array: true, length };
    }
    if (this.#accept('<')) {
      const of = this.#next();
      this.#expect('>');
      return { element: `${name}<${of}>`, array: false, length: undefined };
    }
    return { element: name, array: false, length: undefined };
  }

  #function(workgroup: Expression[]): FunctionSource {
    const name = this.#next();
    this.#expect('(');
    const parameters: { name: string; type: string; builtin: string }[] = [];
    while (!this.#accept(')')) {
      let builtin = '';
      if (this.#accept('@')) {
        this.#next();
        this.#expect('(');
        builtin = this.#next();
        this.#expect(')');
      }
      const parameter = this.#next();
      this.#expect(':');
      parameters.push({ name: parameter, type: this.#type().element, builtin });
      this.#accept(',');
    }
    if (this.#accept('->')) this.#type();
    return { name, parameters, body: this.#block(), workgroup };
  }

  #block(): Statement {
    this.#expect('{');
    const body: Statement[] = [];
    while (!this.#accept('}')) body.push(this.#statement());
    return { kind: 'block', body };
  }

  #statement(): Statement {
    if (this.#peek() === '{') return this.#block();
    if (this.#accept('if')) return this.#if();
    if (this.#accept('for')) {
      this.#expect('(');
      const first = this.#simple();
      this.#expect(';');
      const test = this.#expression();
      this.#expect(';');
      const step = this.#simple();
      this.#expect(')');
      return { kind: 'for', first, test, step, body: this.#block() };
    }
    if (this.#accept('return')) {
      const value = this.#peek() === ';' ? undefined : this.#expression();
      this.#expect(';');
      return { kind: 'return', value };
    }
    const statement = this.#simple();
    this.#expect(';');
    return statement;
  }

  #if(): Statement {
    const test = this.#expression();
    const yes = this.#block();
    const no = this.#accept('else') ? (this.#accept('if') ? this.#if() : this.#block()) : undefined;
    return { kind: 'if', test, yes, no };
  }

  #simple(): Statement {
    if (this.#accept('let') || this.#accept('var')) {
      const name = this.#next();
      const type = this.#accept(':') ? this.#type() : undefined;
      const value = this.#accept('=') ? this.#expression() : undefined;
      return { kind: 'declare', name, type, value };
    }
    const target = this.#expression();
    const op = this.#peek();
    if (op === '++' || op === '--') {
      this.#next();
      return { kind: 'assign', target, op: op.slice(1), value: { kind: 'number', value: 1, type: 'u32' } };
    }
    if (op === ';' || op === ')') return { kind: 'call', call: target };
    this.#next();
    return { kind: 'assign', target, op: op.slice(0, -1), value: this.#expression() };
  }

  #expression(level = 0): Expression {
    const ops = BINARY[level];
    if (!ops) return this.#unary();
    let left = this.#expression(level + 1);
    while (ops.includes(this.#peek())) {
      const op = this.#next();
      left = { kind: 'binary', op, left, right: this.#expression(level + 1) };
    }
    return left;
  }

  #unary(): Expression {
    if (this.#accept('-')) return { kind: 'unary', op: '-', of: this.#unary() };
    if (this.#accept('!')) return { kind: 'unary', op: '!', of: this.#unary() };
    let of = this.#primary();
    for (;;) {
      if (this.#accept('[')) {
        of = { kind: 'index', of, at: this.#expression() };
        this.#expect(']');
      } else if (this.#accept('.')) of = { kind: 'member', of, name: this.#next() };
      else return of;
    }
  }

  #primary(): Expression {
    if (this.#accept('(')) {
      const inner = this.#expression();
      this.#expect(')');
      return inner;
    }
    const word = this.#next();
    if (/^\d/.test(word))
      return { kind: 'number', value: parseFloat(word), type: /[.e]/.test(word) ? 'f32' : 'u32' };
    let name = word;
    if (['vec4', 'vec2', 'bitcast'].includes(word)) {
      this.#expect('<');
      name = `${word}<${this.#next()}>`;
      this.#expect('>');
    }
    return this.#accept('(') ? { kind: 'call', name, args: this.#list(')') } : { kind: 'name', name };
  }

  #list(end: string): Expression[] {
    const list: Expression[] = [];
    while (!this.#accept(end)) {
      list.push(this.#expression());
      this.#accept(',');
    }
    return list;
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  #next(): string {
    return this.#tokens[this.#at++] ?? '';
  }

  #accept(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at++;
    return true;
  }

  #expect(token: string): void {
    const found = this.#next();
    if (found !== token) throw new Error(`${token} expected, not ${found}`);
  }
}
