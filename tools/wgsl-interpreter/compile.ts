/** WGSL to JavaScript, with a GPU's freedoms made visible. */
import { SharedArray } from './memory.ts';
import type { Expression, FunctionSource, Module, Statement } from './parse.ts';
import { parseModule } from './parse.ts';

/** What WGSL leaves to the device. */
export interface Arithmetic {
  /** Results and operands below 2⁻¹²⁶ become zero. */
  readonly flush: boolean;
  /** a·b + c is rounded once. */
  readonly contract: boolean;
  /** Units in the last place by which divisions and square roots are off, at most; their sign varies. */
  readonly ulps: number;
}

export interface Shader {
  readonly module: Module;
  readonly workgroup: readonly [number, number];
  readonly workgroupBytes: number;
  /** Runs x · y workgroups. */
  run(params: Uint32Array, storage: readonly Float32Array[], x: number, y: number): void;
}

type Type = 'u32' | 'f32' | 'bool' | 'vec4<f32>' | 'vec2<u32>' | 'vec3<u32>';

interface Typed {
  readonly code: string;
  readonly type: Type;
}

const SMALLEST_NORMAL = 2 ** -126;

/** What the generated code calls. */
class Runtime {
  readonly #arithmetic: Arithmetic;
  #noise = 1;

  constructor(arithmetic: Arithmetic) {
    this.#arithmetic = arithmetic;
  }

  readonly f = (x: number): number => {
    const rounded = Math.fround(x);
    return this.#arithmetic.flush && Math.abs(rounded) < SMALLEST_NORMAL ? 0 : rounded;
  };
  readonly inexact = (x: number): number => {
    this.#noise = (Math.imul(this.#noise, 1664525) + 1013904223) >>> 0;
    const off = (this.#noise / 2 ** 31 - 1) * this.#arithmetic.ulps;
    return this.f(x * (1 + off * 2 ** -24));
  };
  readonly div = (a: number, b: number): number => this.inexact(a / b);
  readonly sqrt = (x: number): number => this.inexact(Math.sqrt(x));
  readonly each = (of: (k: number) => number): number[] => [
    this.f(of(0)),
    this.f(of(1)),
    this.f(of(2)),
    this.f(of(3)),
  ];
  readonly dot = (a: readonly number[], b: readonly number[]): number => {
    let sum = 0;
    for (let k = 0; k < 4; k++) sum = this.f(sum + this.f((a[k] as number) * (b[k] as number)));
    return sum;
  };
  /** u32 that would wrap around: an index gone wrong. */
  readonly u = (x: number): number => {
    if (x >= 0 && x < 2 ** 32) return x;
    throw new Error(`a u32 would be ${x}`);
  };
  readonly within = (at: number, length: number): number => {
    if (at < length) return at;
    throw new Error(`entry ${at} of ${length}`);
  };
  readonly bits = (x: number): number => this.f(new Float32Array(Uint32Array.of(x).buffer)[0] as number);
}

type Invocation = Generator<number, void>;
type Entry = (
  runtime: Runtime,
  params: Record<string, number>,
  arrays: Readonly<Record<string, SharedArray>>,
  who: number,
  t: number,
  group: { x: number; y: number },
  local: { x: number; y: number },
) => Invocation;

export function compileShader(code: string, arithmetic: Arithmetic): Shader {
  const module = parseModule(code);
  const generator = new Translator(module, arithmetic.contract);
  const entry = module.functions.find(({ workgroup }) => workgroup.length > 0) as FunctionSource;
  // Compiled code runs a hundred times faster than a walk over its tree.
  const make = new Function(generator.code(entry)) as () => {
    main: Entry;
    lengths: Record<string, number>;
    size: [number, number];
  };
  const { main, lengths, size } = make();
  const [width, height] = size;
  const runtime = new Runtime(arithmetic);
  const floats = (element: string): number => (element === 'vec4<f32>' ? 4 : 1);
  const shared = module.variables.filter(({ space }) => space === 'workgroup');
  const local = shared.map(({ name, type }) => {
    const each = floats(type.element);
    return [name, new SharedArray(name, new Float32Array((lengths[name] as number) * each), each)] as const;
  });
  const bound = module.variables.filter(({ space }) => space === 'storage');
  return {
    module,
    workgroup: size,
    workgroupBytes: local.reduce((sum, [, { data }]) => sum + data.byteLength, 0),
    run(params, storage, x, y) {
      const fields = Object.fromEntries(module.params.map((name, at) => [name, params[at] as number]));
      const outside = bound.map(
        ({ name, type }, at) =>
          [name, new SharedArray(name, storage[at] as Float32Array, floats(type.element))] as const,
      );
      const arrays = Object.fromEntries([...local, ...outside]);
      const threads = width * height;
      let order = Array.from({ length: threads }, (_, t) => t);
      for (let number = 0; number < x * y; number++) {
        const group = { x: number % x, y: Math.floor(number / x) };
        // Workgroup memory begins as zeros.
        for (const [, array] of local) {
          array.data.fill(0);
          array.epoch++;
        }
        const running = order.map((t) =>
          main(runtime, fields, arrays, number * threads + t, t, group, {
            x: t % width,
            y: Math.floor(t / width),
          }),
        );
        for (;;) {
          const states = running.map((invocation) => invocation.next());
          const [first] = states;
          if (states.some(({ done, value }) => done !== first?.done || value !== first?.value))
            throw new Error('a barrier that not all invocations reach');
          if (first?.done === true) break;
          for (const [, array] of local) array.epoch++;
          running.reverse();
        }
        order = order.reverse();
      }
    },
  };
}

/** Turns one module into the body of a function that gives its entry point. */
class Translator {
  readonly #module: Module;
  readonly #contract: boolean;
  #scopes: Map<string, Type | { readonly element: Type; readonly array: string }>[] = [];
  #barriers = 0;

  constructor(module: Module, contract: boolean) {
    this.#module = module;
    this.#contract = contract;
  }

  code(entry: FunctionSource): string {
    const { constants, variables, functions } = this.#module;
    this.#scopes = [new Map(constants.map(({ name }) => [name, 'u32' as const]))];
    const lines = constants.map(({ name, value }) => {
      const { code, type } = this.#value(value);
      this.#declare(name, type);
      return `const $${name} = ${code.replaceAll('R.u(', '(').replaceAll('R.f(', 'Math.fround(')};`;
    });
    const plain = (text: string): string => text.replaceAll('R.u(', '(');
    const lengths = variables
      .filter(({ space }) => space === 'workgroup')
      .map(({ name, type }) => `${name}: ${type.length ? plain(this.#value(type.length).code) : 0}`);
    const size = entry.workgroup.map((value) => plain(this.#value(value).code));
    const helpers = functions.filter((one) => one !== entry).map((one) => this.#helper(one));
    const [t, group, local] = ['local_invocation_index', 'workgroup_id', 'local_invocation_id'].map(
      (builtin) => entry.parameters.find((parameter) => parameter.builtin === builtin)?.name ?? '_',
    );
    this.#scopes.push(
      new Map([
        [t as string, 'u32'],
        [group as string, 'vec3<u32>'],
        [local as string, 'vec3<u32>'],
      ]),
    );
    const parameters = [t, group, local].map((name, at) => (name === '_' ? `_${at}` : `$${name}`));
    const body = this.#statement(entry.body);
    const names = variables.map(({ name }) => `const M_${name} = arrays[${JSON.stringify(name)}];`);
    return [
      ...lines,
      `function* main(R, p, arrays, who, ${parameters.join(', ')}) {`,
      ...names,
      ...helpers,
      body,
      '}',
      `return { main, lengths: { ${lengths.join(', ')} }, size: [${size.length === 1 ? `${size[0]}, 1` : size.join(', ')}] };`,
    ].join('\n');
  }

  #helper({ name, parameters, body }: FunctionSource): string {
    this.#scopes.push(new Map(parameters.map((one) => [one.name, one.type as Type])));
    const code = this.#statement(body);
    this.#scopes.pop();
    return `const $${name} = (${parameters.map((one) => `$${one.name}`).join(', ')}) => ${code};`;
  }

  #declare(name: string, type: Type | { readonly element: Type; readonly array: string }): void {
    this.#scopes.at(-1)?.set(name, type);
  }

  #find(name: string): Type | { readonly element: Type; readonly array: string } {
    for (const scope of [...this.#scopes].reverse()) {
      const found = scope.get(name);
      if (found !== undefined) return found;
    }
    throw new Error(`${name} is not declared`);
  }

  #shared(expression: Expression): { readonly name: string; readonly quad: boolean } | undefined {
    if (expression.kind !== 'name') return undefined;
    const { name } = expression;
    if (this.#scopes.slice(1).some((scope) => scope.has(name))) return undefined;
    const found = this.#module.variables.find((variable) => variable.name === name);
    return found && { name, quad: found.type.element === 'vec4<f32>' };
  }

  #statement(statement: Statement): string {
    switch (statement.kind) {
      case 'block': {
        this.#scopes.push(new Map());
        const code = statement.body.map((one) => this.#statement(one)).join('\n');
        this.#scopes.pop();
        return `{\n${code}\n}`;
      }
      case 'declare': {
        const { name, type, value } = statement;
        if (type?.array) {
          const length = type.length ? this.#value(type.length).code : '0';
          this.#declare(name, { element: type.element as Type, array: length });
          return `let $${name} = new Array(${length}).fill(0);`;
        }
        if (!value) throw new Error(`${name} has no value`);
        const made = this.#value(value);
        this.#declare(name, made.type);
        return `let $${name} = ${made.code};`;
      }
      case 'if': {
        const no = statement.no ? ` else ${this.#statement(statement.no)}` : '';
        return `if (${this.#value(statement.test).code}) ${this.#statement(statement.yes)}${no}`;
      }
      case 'for': {
        this.#scopes.push(new Map());
        const first = this.#statement(statement.first);
        const test = this.#value(statement.test).code;
        const step = this.#statement(statement.step).replace(/;$/, '');
        const body = this.#statement(statement.body);
        this.#scopes.pop();
        return `for (${first} ${test}; ${step}) ${body}`;
      }
      case 'return':
        return statement.value ? `return ${this.#value(statement.value).code};` : 'return;';
      case 'call':
        if (statement.call.kind === 'call' && statement.call.name === 'workgroupBarrier')
          return `yield ${++this.#barriers};`;
        throw new Error('a call that does nothing');
      case 'assign':
        return this.#assign(statement);
    }
  }

  #assign({ target, op, value }: Extract<Statement, { kind: 'assign' }>): string {
    const shared = target.kind === 'index' ? this.#shared(target.of) : undefined;
    const made = this.#value(op === '' ? value : { kind: 'binary', op, left: target, right: value });
    if (target.kind === 'index' && shared) {
      const at = this.#value(target.at).code;
      return `M_${shared.name}.${shared.quad ? 'storeQuad' : 'store'}(${at}, who, ${made.code});`;
    }
    return `${this.#value(target).code} = ${made.code};`;
  }

  #value(expression: Expression, whole = true): Typed {
    switch (expression.kind) {
      case 'number':
        return { code: String(expression.value), type: expression.type };
      case 'name': {
        const type = this.#find(expression.name);
        if (typeof type !== 'string') throw new Error(`${expression.name} is an array`);
        return { code: `$${expression.name}`, type };
      }
      case 'unary': {
        const { code, type } = this.#value(expression.of);
        return { code: `(${expression.op}${code})`, type };
      }
      case 'member': {
        if (expression.of.kind === 'name' && expression.of.name === 'p')
          return { code: `p.${expression.name}`, type: 'u32' };
        return { code: `${this.#value(expression.of).code}.${expression.name}`, type: 'u32' };
      }
      case 'index':
        return this.#index(expression);
      case 'call':
        return this.#call(expression.name, expression.args);
      case 'binary':
        return this.#binary(expression, whole);
    }
  }

  #index({ of, at }: Extract<Expression, { kind: 'index' }>): Typed {
    const index = this.#value(at).code;
    const shared = this.#shared(of);
    if (shared) {
      const type = shared.quad ? 'vec4<f32>' : 'f32';
      return { code: `M_${shared.name}.${shared.quad ? 'loadQuad' : 'load'}(${index}, who)`, type };
    }
    if (of.kind === 'name') {
      const type = this.#find(of.name);
      if (typeof type !== 'string')
        return { code: `$${of.name}[R.within(${index}, ${type.array})]`, type: type.element };
    }
    return { code: `${this.#value(of).code}[R.within(${index}, 4)]`, type: 'f32' };
  }

  #binary({ op, left, right }: Extract<Expression, { kind: 'binary' }>, whole: boolean): Typed {
    const sum = op === '+' || op === '-';
    const a = this.#value(left, !sum);
    const b = this.#value(right, !sum);
    if (a.type === 'bool' || ['==', '!=', '<', '>', '<=', '>='].includes(op))
      return {
        code: `(${a.code} ${op === '==' ? '===' : op === '!=' ? '!==' : op} ${b.code})`,
        type: 'bool',
      };
    if (a.type === 'u32') {
      if (b.type !== 'u32') throw new Error(`u32 ${op} ${b.type}`);
      return {
        code: op === '/' ? `Math.floor(${a.code} / ${b.code})` : `R.u(${a.code} ${op} ${b.code})`,
        type: 'u32',
      };
    }
    const round = whole || op !== '*' || !this.#contract ? 'R.f' : '';
    if (a.type === 'f32' && b.type === 'f32')
      return {
        code: op === '/' ? `R.div(${a.code}, ${b.code})` : `${round}(${a.code} ${op} ${b.code})`,
        type: 'f32',
      };
    const entry = (one: Typed): string => (one.type === 'f32' ? one.code : `${one.code}[k]`);
    // Operands are named once: loads in them must not be repeated for every component.
    return {
      code: `((a, b) => R.each((k) => ${entry({ ...a, code: 'a' })} ${op} ${entry({ ...b, code: 'b' })}))(${a.code}, ${b.code})`,
      type: 'vec4<f32>',
    };
  }

  #call(name: string, args: readonly Expression[]): Typed {
    const values = args.map((one) => this.#value(one));
    const codes = values.map(({ code }) => code);
    const type = values[0]?.type ?? 'f32';
    switch (name) {
      case 'min':
      case 'max':
        return { code: `Math.${name}(${codes.join(', ')})`, type };
      case 'sqrt':
        return { code: `R.sqrt(${codes[0]})`, type };
      case 'dot':
        return { code: `R.dot(${codes.join(', ')})`, type: 'f32' };
      case 'select':
        // Both sides are evaluated, as on a GPU.
        return { code: `((no, yes, test) => (test ? yes : no))(${codes.join(', ')})`, type };
      case 'bitcast<f32>':
        return { code: `R.bits(${codes[0]})`, type: 'f32' };
      case 'vec4<f32>':
        return { code: `[${codes.length === 0 ? '0, 0, 0, 0' : codes.join(', ')}]`, type: 'vec4<f32>' };
      case 'vec2<u32>':
        return { code: `{ x: ${codes[0]}, y: ${codes[1]} }`, type: 'vec2<u32>' };
      default:
        return { code: `$${name}(${codes.join(', ')})`, type: 'f32' };
    }
  }
}
