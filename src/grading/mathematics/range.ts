import type { AnswerForm } from './form.ts';
import { numericValue } from './evaluation.ts';
import { parseQuantity } from './quantity.ts';
import { real } from './complex.ts';
import { variablesOf } from './same-value.ts';
import { splitOutside } from './split.ts';

const ONE_VARIABLE = /^(?:[a-zA-Z]|\\(?:alpha|beta|theta|lambda|phi))$/;
const NOT_EQUAL = /^(?:[a-zA-Z]|\\(?:alpha|beta|theta|lambda|phi)) ?\\neq?(?![a-zA-Z])([\s\S]*)$/;

const INFINITY: AnswerForm = {
  kind: 'quantity',
  quantity: { value: { kind: 'constant', name: 'infinity' }, percent: false, unit: '' },
};
const MINUS_INFINITY: AnswerForm = {
  kind: 'quantity',
  quantity: {
    value: { kind: 'negate', of: { kind: 'constant', name: 'infinity' } },
    percent: false,
    unit: '',
  },
};
export const REALS: AnswerForm = { kind: 'tuple', open: '(', close: ')', items: [MINUS_INFINITY, INFINITY] };

/** x < 3 is (−∞, 3); 1 < x ≤ 2 is (1, 2]; 3 > x likewise; |x| < 3 is (−3, 3); x ≠ 3 is all but 3. */
export function parseInequality(text: string): AnswerForm | undefined {
  const excluded = NOT_EQUAL.exec(text)?.[1];
  if (excluded !== undefined) return without(REALS, excluded.split(','));
  const parts = splitOutside(text, /\\[lg]e(?![a-zA-Z])|[<>]=?/y).map((part) => part.trim());
  const signs = [...text.matchAll(/\\[lg]e(?![a-zA-Z])|[<>]=?/g)].map(([found]) => found);
  if (parts.length < 2 || parts.length > 3 || signs.length !== parts.length - 1) return undefined;
  const size = /^\|(.+)\|$/.exec(parts[0] ?? '')?.[1]?.trim();
  if (
    size !== undefined &&
    parts.length === 2 &&
    ONE_VARIABLE.test(size) &&
    /^(?:<|\\le)/.test(signs[0] ?? '')
  ) {
    return parseInequality(`-(${parts[1]}) ${signs[0]} ${size} ${signs[0]} ${parts[1]}`);
  }
  const place = parts.findIndex((part) => ONE_VARIABLE.test(part));
  if (place < 0 || (parts.length === 3 && place !== 1)) return undefined;
  let low: { form: AnswerForm; closed: boolean } = { form: MINUS_INFINITY, closed: false };
  let high: { form: AnswerForm; closed: boolean } = { form: INFINITY, closed: false };
  for (const [index, found] of signs.entries()) {
    const bound = boundOf((index < place ? parts[index] : parts[index + 1]) ?? '');
    if (!bound) return undefined;
    const closed = /=|e/.test(found);
    const upwards = /^(?:<|\\le)/.test(found);
    // Left of the variable "a <" is a lower bound, right of it "< b" an upper one.
    if (upwards === index < place) low = { form: bound, closed };
    else high = { form: bound, closed };
  }
  return {
    kind: 'tuple',
    open: low.closed ? '[' : '(',
    close: high.closed ? ']' : ')',
    items: [low.form, high.form],
  };
}

/** Without some of its points an interval falls into pieces; undefined where one of them lies outside. */
export function without(interval: AnswerForm, points: readonly string[]): AnswerForm | undefined {
  if (interval.kind !== 'tuple' || interval.items.length !== 2) return undefined;
  const ends = [...interval.items, ...points.map(boundOf)];
  if (ends.includes(undefined)) return undefined;
  const sorted = (ends as AnswerForm[]).sort((a, b) => place(a) - place(b));
  if (sorted[0] !== interval.items[0] || sorted.at(-1) !== interval.items[1]) return undefined;
  const items = sorted.slice(1).map((end, index): AnswerForm => {
    const open = index === 0 ? interval.open : '(';
    const close = index === sorted.length - 2 ? interval.close : ')';
    return { kind: 'tuple', open, close, items: [sorted[index] ?? end, end] };
  });
  return { kind: 'union', items };
}

function boundOf(text: string): AnswerForm | undefined {
  const quantity = parseQuantity(text);
  if (!quantity || variablesOf(quantity.value).size > 0) return undefined;
  return { kind: 'quantity', quantity };
}

function place(bound: AnswerForm): number {
  return bound.kind === 'quantity' ? numericValue(bound.quantity.value, () => real(NaN)).re : NaN;
}
