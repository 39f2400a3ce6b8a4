import { plainText, withoutSpaces } from '../answers/plain-text.ts';
import { type AnswerForm, parseForm } from './answer-form.ts';
import { clean } from './clean.ts';
import type { Expression } from './expression.ts';
import type { Quantity } from './quantity.ts';
import { proportional, sameValue } from './same-value.ts';

export interface EquivalenceOptions {
  /** Plain numbers may differ by this share of the right answer's size; default 0. Method §3 uses 0.01. */
  readonly relativeTolerance?: number;
}

/** Longer texts are no answers, and are not searched for one. */
const MAX_LENGTH = 2000;

/** Method §3 lets numbers differ by 1 %. */
export const ABLATION_TOLERANCE = 0.01;

/**
 * Whether an answer says what the right answer says. First as text (without case, space, markup), then as mathematics:
 * numbers with units, percent, thousands, fractions, roots, powers, functions and variables by value; lists and sets in
 * any order; points, tuples and intervals by brackets and order; inequalities as intervals; matrices cell by cell;
 * equations up to a factor, `x = 5` also as 5; times of day by value.
 *
 * Units are compared where both answers write one; a percentage equals both its number and its share.
 */
export function equivalent(right: string, given: string, options: EquivalenceOptions = {}): boolean {
  if (right.length > MAX_LENGTH || given.length > MAX_LENGTH) return right.trim() === given.trim();
  const texts = [right, given].map((text) => withoutSpaces(plainText(text)));
  if (texts[0] !== '' && texts[0] === texts[1]) return true;
  const [a, b] = [right, given].map(formOf);
  return a !== undefined && b !== undefined && sameForm(a, b, options.relativeTolerance ?? 0);
}

function formOf(text: string): AnswerForm | undefined {
  const cleaned = clean(text);
  // Words are compared as text: "ab" is no product.
  return /^[a-zA-Z]{2,}(?:\s+[a-zA-Z]+)*$/.test(cleaned) && !/^pi$/i.test(cleaned)
    ? undefined
    : parseForm(cleaned);
}

function sameForm(a: AnswerForm, b: AnswerForm, tolerance: number): boolean {
  if (a.kind === 'equation' || b.kind === 'equation') return sameEquation(a, b, tolerance);
  if (a.kind === 'quantity' && b.kind === 'quantity') return sameQuantity(a.quantity, b.quantity, tolerance);
  if (a.kind === 'time' && b.kind === 'time') return a.minutes === b.minutes;
  if (a.kind === 'tuple' && b.kind === 'tuple') {
    return a.open === b.open && a.close === b.close && inOrder(a.items, b.items, tolerance);
  }
  if (a.kind === 'set' && b.kind === 'set') return inAnyOrder(a.items, b.items, tolerance);
  if (a.kind === 'union' && b.kind === 'union') return inAnyOrder(a.items, b.items, tolerance);
  if (a.kind === 'matrix' && b.kind === 'matrix') {
    return (
      a.rows.length === b.rows.length &&
      a.rows.every((row, index) => inOrder(row, b.rows[index] ?? [], tolerance))
    );
  }
  // A set of one is its element; a point may be written without its brackets.
  if (a.kind === 'set' && a.items.length === 1 && a.items[0]) return sameForm(a.items[0], b, tolerance);
  if (b.kind === 'set' && b.items.length === 1 && b.items[0]) return sameForm(a, b.items[0], tolerance);
  const [tuple, list] = a.kind === 'tuple' ? [a, b] : [b, a];
  if (
    tuple.kind === 'tuple' &&
    list.kind === 'set' &&
    list.bare &&
    tuple.open === '(' &&
    tuple.close === ')'
  ) {
    return inOrder(tuple.items, list.items, tolerance);
  }
  return false;
}

function sameQuantity(a: Quantity, b: Quantity, tolerance: number): boolean {
  if (a.unit !== '' && b.unit !== '' && a.unit !== b.unit) return false;
  if (a.base !== undefined && b.base !== undefined && a.base !== b.base) return false;
  if (sameValue(b.value, a.value, tolerance)) return true;
  if (a.percent === b.percent) return false;
  const share = (quantity: Quantity): Expression =>
    quantity.percent ? hundredth(quantity.value) : quantity.value;
  return sameValue(share(b), share(a), tolerance);
}

/** Both equations: the same up to a factor. One: the side that stands alone against the other answer. */
function sameEquation(a: AnswerForm, b: AnswerForm, tolerance: number): boolean {
  if (a.kind === 'equation' && b.kind === 'equation') {
    return proportional(difference(a), difference(b)) || (isName(a.left) && same(a, b));
  }
  const [equation, other] = a.kind === 'equation' ? [a, b] : [b, a];
  if (equation.kind !== 'equation' || !isName(equation.left)) return false;
  const value: AnswerForm = {
    kind: 'quantity',
    quantity: { value: equation.right, percent: false, unit: '' },
  };
  return a.kind === 'equation' ? sameForm(value, other, tolerance) : sameForm(other, value, tolerance);

  function same(one: AnswerForm, two: AnswerForm): boolean {
    if (one.kind !== 'equation' || two.kind !== 'equation') return false;
    return sameValue(one.left, two.left) && sameValue(two.right, one.right, tolerance);
  }
}

function isName(side: Expression): boolean {
  if (side.kind === 'variable') return true;
  // f(x) is read as a product of names.
  return (
    side.kind === 'binary' && side.operator === '*' && isName(side.left) && side.right.kind === 'variable'
  );
}

function difference({ left, right }: { readonly left: Expression; readonly right: Expression }): Expression {
  return { kind: 'binary', operator: '-', left, right };
}

function hundredth(value: Expression): Expression {
  const hundred: Expression = { kind: 'number', value: { top: 100n, bottom: 1n }, decimals: 0 };
  return { kind: 'binary', operator: '/', left: value, right: hundred };
}

function inOrder(a: readonly AnswerForm[], b: readonly AnswerForm[], tolerance: number): boolean {
  return a.length === b.length && a.every((item, index) => b[index] && sameForm(item, b[index], tolerance));
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
