import { type Complex, isFinite, minus, over, real, size } from './complex.ts';
import { exactValue, numericValue, type Assignment } from './evaluation.ts';
import { type Expression, within } from './expression.ts';
import { equalRational } from './rational.ts';

/** Two roundings of one value differ by less, two values that people distinguish by more. */
const RELATIVE_ROUNDING = 1e-9;

/** From so many digits after the point on, a decimal stands for whatever rounds to it: 0.333333 for ⅓. */
const ROUNDED_DECIMALS = 6;

/** What rounding leaves of a zero. */
const NEAR_ZERO = 1e-12;

/** Points at which expressions with variables are compared. */
const POINTS = 5;

/** At least so many points must have a value for equality to be believed. */
const LEAST_POINTS = 3;

/**
 * Whether two expressions have the same value. Whole numbers and fractions are compared exactly (with BigInt), others in
 * double precision. Expressions with variables are equal if they agree at five fixed points of positive and negative
 * values, which distinct elementary expressions of an answer's length do not but by a coincidence of 1 in 10⁹.
 * `relativeTolerance` lets plain numbers differ by that share of the second (docs/method.md §3: 0.01).
 */
export function sameValue(a: Expression, b: Expression, relativeTolerance = 0): boolean {
  const [exactA, exactB] = [exactValue(a), exactValue(b)];
  const slack = 0.5 * 10 ** -Math.min(decimalsOf(a), decimalsOf(b)) * (1 + RELATIVE_ROUNDING);
  const [left, right] = [numericValue(a, nothing), numericValue(b, nothing)];
  const distance = size(minus(left, right));
  if (exactA && exactB) {
    if (equalRational(exactA, exactB)) return true;
    return (
      (slack > 0 && distance <= slack) ||
      (relativeTolerance > 0 && distance <= relativeTolerance * size(right))
    );
  }
  if (variablesOf(a).size + variablesOf(b).size === 0) {
    if (close(left, right) || (slack > 0 && distance <= slack)) return true;
    return relativeTolerance > 0 && distance <= relativeTolerance * size(right);
  }
  let compared = 0;
  for (let point = 0; point < POINTS; point++) {
    const [left, right] = valuesAt(a, b, point);
    if (!isFinite(left) && !isFinite(right)) continue;
    if (!close(left, right)) return false;
    compared++;
  }
  return compared >= LEAST_POINTS;
}

/** Whether `a` is a constant multiple of `b`, not zero: then a = 0 says what b = 0 says. */
export function proportional(a: Expression, b: Expression): boolean {
  let ratio: Complex | undefined;
  let compared = 0;
  for (let point = 0; point < POINTS; point++) {
    const [left, right] = valuesAt(a, b, point);
    if (!isFinite(left) && !isFinite(right)) continue;
    const here = over(left, right);
    if (!isFinite(here) || size(here) === 0) return false;
    ratio ??= here;
    if (!close(here, ratio)) return false;
    compared++;
  }
  return compared >= LEAST_POINTS;
}

/** Names of the variables that occur. */
export function variablesOf(expression: Expression): Set<string> {
  return new Set([...within(expression)].flatMap((part) => (part.kind === 'variable' ? [part.name] : [])));
}

/** Digits after the point of what was rounded; Infinity where all is exact. */
function decimalsOf(expression: Expression): number {
  const written = [...within(expression)].map((part) => (part.kind === 'number' ? part.decimals : 0));
  return Math.min(...written.filter((decimals) => decimals >= ROUNDED_DECIMALS));
}

function close(a: Complex, b: Complex): boolean {
  if (!isFinite(a) || !isFinite(b)) return a.im === 0 && b.im === 0 && a.re === b.re;
  const scale = Math.max(size(a), size(b));
  // Near zero, as in cos(π/2), everything is rounding.
  return scale < NEAR_ZERO || size(minus(a, b)) <= RELATIVE_ROUNDING * scale;
}

function valuesAt(a: Expression, b: Expression, point: number): readonly [Complex, Complex] {
  const assignment: Assignment = (variable) => real(coordinate(variable, point));
  return [numericValue(a, assignment), numericValue(b, assignment)];
}

const nothing: Assignment = () => real(NaN);

/** A fixed irregular number for a variable at a point: positive at even points, of either sign at odd ones. */
function coordinate(variable: string, point: number): number {
  let hash = 0x811c9dc5 ^ (point * 0x9e3779b1);
  for (const character of variable) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 13), 0x297a2d39);
  const share = ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
  const length = 0.3 + 2.4 * share;
  return point % 2 === 1 && (hash & 1) === 1 ? -length : length;
}
