import type { Rational } from './rational.ts';

/** One expression, as a tree. */
export type Expression =
  | {
      readonly kind: 'number';
      readonly value: Rational;
      /** Digits written after the point; 0 for whole numbers. */
      readonly decimals: number;
    }
  | { readonly kind: 'constant'; readonly name: ConstantName }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'negate'; readonly of: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: '+' | '-' | '*' | '/' | '^';
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly of: readonly Expression[] };

export type ConstantName = 'pi' | 'e' | 'i' | 'infinity';

/** `root` takes radicand and degree, `log` argument and base, `binomial` n and k; all others one argument. */
export type FunctionName =
  | (
      | 'sin'
      | 'cos'
      | 'tan'
      | 'cot'
      | 'sec'
      | 'csc'
      | 'arcsin'
      | 'arccos'
      | 'arctan'
      | 'sinh'
      | 'cosh'
      | 'tanh'
    )
  | ('ln' | 'log' | 'exp' | 'root' | 'abs' | 'floor' | 'ceil' | 'factorial' | 'binomial');

/** Every expression within one, itself included. */
export function* within(expression: Expression): Generator<Expression> {
  const open = [expression];
  for (let part = open.pop(); part; part = open.pop()) {
    yield part;
    if (part.kind === 'negate') open.push(part.of);
    else if (part.kind === 'binary') open.push(part.right, part.left);
    else if (part.kind === 'call') open.push(...part.of);
  }
}
