import * as complex from './complex.ts';
import { type Complex, NOWHERE, real } from './complex.ts';
import type { ConstantName, Expression, FunctionName } from './expression.ts';
import * as exact from './rational.ts';
import type { Rational } from './rational.ts';
import { step } from '../steps.ts';

/** The exact value of an expression of numbers; undefined where it has variables, roots, π or the like. */
export function exactValue(expression: Expression): Rational | undefined {
  step(1);
  if (expression.kind === 'number') return expression.value;
  if (expression.kind === 'negate') {
    const value = exactValue(expression.of);
    return value && exact.negate(value);
  }
  if (expression.kind !== 'binary') return undefined;
  const [left, right] = [exactValue(expression.left), exactValue(expression.right)];
  if (!left || !right) return undefined;
  switch (expression.operator) {
    case '+':
      return exact.add(left, right);
    case '-':
      return exact.add(left, exact.negate(right));
    case '*':
      return exact.multiply(left, right);
    case '/':
      return exact.divide(left, right);
    case '^':
      return exact.power(left, right);
  }
}

/** What the variables stand for. */
export type Assignment = (variable: string) => Complex;

/** The value of an expression in double precision, at one assignment of its variables; NaN where it has none. */
export function numericValue(expression: Expression, assignment: Assignment): Complex {
  step(2);
  switch (expression.kind) {
    case 'number':
      return real(Number(expression.value.top) / Number(expression.value.bottom));
    case 'constant':
      return CONSTANTS[expression.name];
    case 'variable':
      return assignment(expression.name);
    case 'negate':
      return complex.opposite(numericValue(expression.of, assignment));
    case 'binary': {
      const left = numericValue(expression.left, assignment);
      return OPERATIONS[expression.operator](left, numericValue(expression.right, assignment));
    }
    case 'call': {
      const [first = NOWHERE, second] = expression.of.map((part) => numericValue(part, assignment));
      return CALLS[expression.name](first, second ?? NOWHERE, expression.of.length);
    }
  }
}

const CONSTANTS: Readonly<Record<ConstantName, Complex>> = {
  pi: real(Math.PI),
  e: real(Math.E),
  i: { re: 0, im: 1 },
  infinity: real(Infinity),
};

const OPERATIONS = {
  '+': complex.plus,
  '-': complex.minus,
  '*': complex.times,
  '/': complex.over,
  '^': complex.toPower,
} as const;

type Call = (first: Complex, second: Complex, count: number) => Complex;

const onReals =
  (of: (value: number) => number): Call =>
  (value) =>
    value.im === 0 ? real(of(value.re)) : NOWHERE;

const inverted =
  (of: Call): Call =>
  (...values) =>
    complex.over(real(1), of(...values));

const sine: Call = (value) => complex.sine(value);
const cosine: Call = (value) => complex.cosine(value);
const tangent: Call = (value) => complex.over(complex.sine(value), complex.cosine(value));

const CALLS: Readonly<Record<FunctionName, Call>> = {
  sin: sine,
  cos: cosine,
  tan: tangent,
  cot: inverted(tangent),
  sec: inverted(cosine),
  csc: inverted(sine),
  arcsin: onReals(Math.asin),
  arccos: onReals(Math.acos),
  arctan: onReals(Math.atan),
  sinh: onReals(Math.sinh),
  cosh: onReals(Math.cosh),
  tanh: onReals(Math.tanh),
  ln: complex.logarithm,
  // Without a base it is the natural logarithm, as in SymPy.
  log: (value, base, count) =>
    count === 1 ? complex.logarithm(value) : complex.over(complex.logarithm(value), complex.logarithm(base)),
  exp: complex.exponential,
  root(value, degree) {
    // The real root of a negative number where there is one: ∛(−8) is −2.
    const odd = degree.im === 0 && Math.abs(degree.re % 2) === 1;
    if (odd && value.im === 0 && value.re < 0) return real(-((-value.re) ** (1 / degree.re)));
    if (value.im === 0 && value.re >= 0 && degree.im === 0) {
      return real(degree.re === 2 ? Math.sqrt(value.re) : value.re ** (1 / degree.re));
    }
    return complex.toPower(value, complex.over(real(1), degree));
  },
  abs: (value) => real(complex.size(value)),
  floor: onReals(Math.floor),
  ceil: onReals(Math.ceil),
  factorial: onReals(factorial),
  binomial: (n, k) => (n.im === 0 && k.im === 0 ? real(choose(n.re, k.re)) : NOWHERE),
};

/** Of whole numbers by product; of others Γ(x + 1), so that n! can be compared at any n. */
function factorial(value: number): number {
  if (Number.isInteger(value)) return value >= 0 ? product(1, value) : NaN;
  return gamma(value + 1);
}

/** Lanczos' approximation with g = 7 and nine terms (Godfrey's), good to 1e-14; for x < ½ by reflection. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

function gamma(x: number): number {
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x));
  const at = x - 1;
  const [first = 0, ...others] = LANCZOS;
  const series = others.reduce((sum, term, index) => sum + term / (at + index + 1), first);
  const shifted = at + 7.5;
  return Math.sqrt(2 * Math.PI) * shifted ** (at + 0.5) * Math.exp(-shifted) * series;
}

/** Beyond 170! doubles end. */
function product(from: number, to: number): number {
  let result = 1;
  for (let factor = from; factor <= to && Number.isFinite(result); factor++) result *= factor;
  step(100);
  return result;
}

function choose(n: number, k: number): number {
  if (!Number.isInteger(n) || !Number.isInteger(k) || n < 0 || k < 0) {
    return factorial(n) / factorial(k) / factorial(n - k);
  }
  let result = 1;
  for (let i = 1; i <= Math.min(k, n - k) && Number.isFinite(result); i++) {
    step(1);
    result = (result * (n - i + 1)) / i;
  }
  return k > n ? 0 : Math.round(result);
}
