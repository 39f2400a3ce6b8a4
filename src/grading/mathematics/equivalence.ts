import { sameText } from '../answers/same-text.ts';
import { parseForm } from './answer-form.ts';
import type { AnswerForm, Sides } from './form.ts';
import { clean } from './clean.ts';
import { NOWHERE, size } from './complex.ts';
import { numericValue } from './evaluation.ts';
import type { Expression } from './expression.ts';
import type { Quantity } from './quantity.ts';
import { proportional, sameValue } from './same-value.ts';
import { inSteps, step } from '../steps.ts';

export interface EquivalenceOptions {
  /** Plain numbers may differ by this share of the right answer's size; default 0. docs/method.md §3 uses 0.01. */
  readonly relativeTolerance?: number;
}

/** Longer texts are no answers, and are not searched for one: they are compared as they stand. */
export const MAX_LENGTH = 2000;

/** docs/method.md §3 lets numbers differ by 1 %. */
export const ABLATION_TOLERANCE = 0.01;

/**
 * Whether an answer says what the right answer says. First as text (without space and markup, words without case), then as mathematics:
 * numbers with units, percent, thousands, fractions, roots, powers, functions and variables by value; lists and sets in
 * any order; points, tuples and intervals by brackets and order; inequalities as intervals; matrices cell by cell;
 * equations up to a factor, `x = 5` also as 5; times of day by value.
 *
 * Units are compared where both answers write one; a percentage equals both its number and its share.
 *
 * @throws OutOfSteps where that takes more steps than an answer is worth
 */
export function equivalent(right: string, given: string, options: EquivalenceOptions = {}): boolean {
  if (right.length > MAX_LENGTH || given.length > MAX_LENGTH) return right.trim() === given.trim();
  return inSteps(() => compare(right, given, options));
}

function compare(right: string, given: string, options: EquivalenceOptions): boolean {
  step(10 * (right.length + given.length));
  if (sameText(right, given)) return true;
  const [a, b] = [right, given].map(formOf);
  return a !== undefined && b !== undefined && sameForm(a, b, options.relativeTolerance ?? 0);
}

function formOf(text: string): AnswerForm | undefined {
  const cleaned = clean(text);
  // Words are compared as text: "no" is no product. What cannot be a word, as xyz, is.
  return /^[a-zA-Z]{2,}(?:\s+[a-zA-Z]+)*$/.test(cleaned) && !/^(?:pi|[abcxyz]+|[^aeiou\s]+)$/i.test(cleaned)
    ? undefined
    : parseForm(cleaned);
}

function sameForm(a: AnswerForm, b: AnswerForm, tolerance: number): boolean {
  step(10);
  if ([a, b].some(({ kind }) => kind === 'equation' || kind === 'named'))
    return sameEquation(a, b, tolerance);
  if (a.kind === 'quantity' && b.kind === 'quantity') return sameQuantity(a.quantity, b.quantity, tolerance);
  if (a.kind === 'time' && b.kind === 'time') {
    return a.minutes === b.minutes && (a.half === b.half || a.half === undefined || b.half === undefined);
  }
  if (a.kind === 'tuple' && b.kind === 'tuple') {
    return a.open === b.open && a.close === b.close && inOrder(a.items, b.items, tolerance);
  }
  if (a.kind === 'set' && b.kind === 'set') {
    return a.bare && b.bare ? inAnyOrder(a.items, b.items, tolerance) : sameSet(a.items, b.items, tolerance);
  }
  if (a.kind === 'union' && b.kind === 'union') return inAnyOrder(a.items, b.items, tolerance);
  if (a.kind === 'matrix' && b.kind === 'matrix') {
    return (
      a.rows.length === b.rows.length &&
      a.rows.every((row, index) => inOrder(row, b.rows[index] ?? [], tolerance))
    );
  }
  // A set of one is its element.
  if (a.kind === 'set' && a.items.length === 1 && a.items[0]) return sameForm(a.items[0], b, tolerance);
  if (b.kind === 'set' && b.items.length === 1 && b.items[0]) return sameForm(a, b.items[0], tolerance);
  const [left, right] = [coordinatesOf(a), coordinatesOf(b)];
  if (left && right && (a.kind === 'tuple' || b.kind === 'tuple')) return inOrder(left, right, tolerance);
  return false;
}

/** Of a point; it may be written without its brackets, or as a column. */
function coordinatesOf(form: AnswerForm): readonly AnswerForm[] | undefined {
  if (form.kind === 'tuple') return form.open === '(' && form.close === ')' ? form.items : undefined;
  if (form.kind === 'set') return form.bare ? form.items : undefined;
  const column = form.kind === 'matrix' && form.rows.every((row) => row.length === 1);
  return column ? form.rows.flat() : undefined;
}

function sameQuantity(a: Quantity, b: Quantity, tolerance: number): boolean {
  if (a.unit !== '' && b.unit !== '' && a.unit !== b.unit) return false;
  // 90 % is no angle and no length.
  if ((a.percent && b.unit !== '') || (b.percent && a.unit !== '')) return false;
  if (a.base !== undefined && b.base !== undefined && a.base !== b.base) return false;
  // 2 : 3 is the fraction, but 3 : 1 is no number.
  if (a.ratio !== b.ratio && !isFraction(a.value, b.value)) return false;
  const same = sameValue(b.value, a.value, tolerance);
  if (a.percent === b.percent) return same;
  // Who is asked for a percentage may leave the sign out. Below one it is read as written: ¼ is not ¼ %.
  if (same && !(size(numericValue(a.value, () => NOWHERE)) < 1)) return true;
  const share = (quantity: Quantity): Expression =>
    quantity.percent ? hundredth(quantity.value) : quantity.value;
  return sameValue(share(b), share(a), tolerance);
}

/** Both equations: the same up to a factor. One: what it says its name is against the other answer. */
function sameEquation(a: AnswerForm, b: AnswerForm, tolerance: number): boolean {
  const [left, right] = [sidesOf(a), sidesOf(b)];
  if (left && right && proportional(difference(left), difference(right))) return true;
  if (a.kind === 'named' && b.kind === 'named')
    return a.name === b.name && sameForm(a.value, b.value, tolerance);
  if (a.kind === 'equation' || b.kind === 'equation') return false;
  if (a.kind === 'named') return !a.compound && sameForm(a.value, b, tolerance);
  return b.kind === 'named' && sameForm(a, b.value, tolerance);
}

function sidesOf(form: AnswerForm): Sides | undefined {
  if (form.kind === 'equation') return form;
  return form.kind === 'named' ? form.sides : undefined;
}

function difference({ left, right }: Sides): Expression {
  return { kind: 'binary', operator: '-', left, right };
}

function isFraction(...values: readonly Expression[]): boolean {
  return values.every((value) => value.kind === 'binary' && value.operator === '/');
}

function hundredth(value: Expression): Expression {
  const hundred: Expression = { kind: 'number', value: { top: 100n, bottom: 1n }, decimals: 0 };
  return { kind: 'binary', operator: '/', left: value, right: hundred };
}

function inOrder(a: readonly AnswerForm[], b: readonly AnswerForm[], tolerance: number): boolean {
  return a.length === b.length && a.every((item, index) => b[index] && sameForm(item, b[index], tolerance));
}

/** Within braces it does not matter how often an element is named; in a list, as of roots, it does. */
function sameSet(a: readonly AnswerForm[], b: readonly AnswerForm[], tolerance: number): boolean {
  return (
    a.every((item) => b.some((other) => sameForm(item, other, tolerance))) &&
    b.every((other) => a.some((item) => sameForm(item, other, tolerance)))
  );
}

function inAnyOrder(a: readonly AnswerForm[], b: readonly AnswerForm[], tolerance: number): boolean {
  if (a.length !== b.length) return false;
  const left = [...b];
  return a.every((item) => {
    const found = left.findIndex((other) => sameForm(item, other, tolerance));
    if (found >= 0) left.splice(found, 1);
    return found >= 0;
  });
}
