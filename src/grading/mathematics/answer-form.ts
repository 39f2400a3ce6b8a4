import type { Expression } from './expression.ts';
import { parseExpression } from './parser.ts';
import { type Quantity, parseQuantity } from './quantity.ts';
import { splitOutside } from './split.ts';
import { variablesOf } from './same-value.ts';

/** What kind of thing an answer is, with its parts. */
export type AnswerForm =
  | { readonly kind: 'quantity'; readonly quantity: Quantity }
  /** (1, 2), [1, 2): a point, a tuple or an interval, which are written alike. */
  | {
      readonly kind: 'tuple';
      readonly open: string;
      readonly close: string;
      readonly items: readonly AnswerForm[];
    }
  /** {1, 2}: in any order. `bare` is a list without brackets. */
  | { readonly kind: 'set'; readonly bare: boolean; readonly items: readonly AnswerForm[] }
  | { readonly kind: 'union'; readonly items: readonly AnswerForm[] }
  | { readonly kind: 'matrix'; readonly rows: readonly (readonly AnswerForm[])[] }
  | { readonly kind: 'equation'; readonly left: Expression; readonly right: Expression }
  /** Hours and minutes, as on a clock. */
  | { readonly kind: 'time'; readonly minutes: number };

const MAX_DEPTH = 6;

/** Reads cleaned text; undefined where it is no mathematics. */
export function parseForm(text: string, depth = 0): AnswerForm | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const rest = unwrapped(text.trim());
  if (rest === '') return undefined;
  return (
    parseTime(rest) ??
    parseMatrix(rest, depth) ??
    parseMembership(rest, depth) ??
    parseUnion(rest, depth) ??
    parseBracketed(rest, depth) ??
    parseInequality(rest) ??
    parseEquation(rest) ??
    parsePlusMinus(rest) ??
    parseList(rest, depth) ??
    parseRatio(rest) ??
    ofQuantity(rest)
  );
}

/** Without braces around all of it. */
function unwrapped(text: string): string {
  const inside = /^\{([\s\S]*)\}$/.exec(text)?.[1];
  return inside !== undefined && !/[{}]/.test(inside) ? inside.trim() : text;
}

function ofQuantity(text: string): AnswerForm | undefined {
  const quantity = parseQuantity(text);
  return quantity && { kind: 'quantity', quantity };
}

function parseTime(text: string): AnswerForm | undefined {
  const match = /^(\d{1,2}):([0-5]\d)(?:\s*([ap])\.?m\.?)?$/i.exec(text);
  if (!match) return undefined;
  const hours = Number(match[1]);
  const half = match[3]?.toLowerCase();
  if (hours > 24) return undefined;
  const shown = half === 'p' && hours < 12 ? hours + 12 : half === 'a' && hours === 12 ? 0 : hours;
  return { kind: 'time', minutes: shown * 60 + Number(match[2]) };
}

function parseMatrix(text: string, depth: number): AnswerForm | undefined {
  const match = /^\\begin\{([pbvBV]?matrix|array)\}(?:\{[^}]*\})?([\s\S]*)\\end\{\1\}$/.exec(text);
  if (!match) return undefined;
  const lines = (match[2] ?? '').split(/\\\\/).filter((line) => line.trim() !== '');
  const rows = lines.map((line) => line.split('&').map((cell) => parseForm(cell, depth + 1)));
  if (rows.length === 0 || rows.some((row) => row.includes(undefined))) return undefined;
  return { kind: 'matrix', rows: rows as AnswerForm[][] };
}

/** x ∈ S says S. */
function parseMembership(text: string, depth: number): AnswerForm | undefined {
  const match = /^[a-zA-Z]\s*\\in(?![a-zA-Z])\s*/.exec(text);
  return match ? parseForm(text.slice(match[0].length), depth + 1) : undefined;
}

function parseUnion(text: string, depth: number): AnswerForm | undefined {
  const parts = splitOutside(text, /\\cup(?![a-zA-Z])/);
  return parts.length > 1 ? allParsed(parts, depth, (items) => ({ kind: 'union', items })) : undefined;
}

function parseBracketed(text: string, depth: number): AnswerForm | undefined {
  if (/^\\emptyset$|^\\\{\s*\\\}$|^\{\s*\}$/.test(text)) return { kind: 'set', bare: false, items: [] };
  if (/^\\mathbb\s*\{?\s*R\s*\}?$/.test(text)) return REALS;
  const set = /^\\\{([\s\S]*)\\\}$/.exec(text) ?? /^\{([\s\S]*,[\s\S]*)\}$/.exec(text);
  if (set && closesAtEnd(text)) {
    const parts = splitOutside(set[1] ?? '', /[,;]/);
    return allParsed(parts, depth, (items) => ({ kind: 'set', bare: false, items }));
  }
  const tuple = /^([([])([\s\S]*)([)\]])$/.exec(text);
  if (!tuple || !closesAtEnd(text)) return undefined;
  const parts = splitOutside(tuple[2] ?? '', /[,;]/, true);
  if (parts.length < 2) return undefined;
  const [, open = '', , close = ''] = tuple;
  return allParsed(parts, depth, (items) => ({ kind: 'tuple', open, close, items }));
}

/** Whether the first bracket is closed by the last sign, and not earlier. */
function closesAtEnd(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    if ('([{'.includes(text.charAt(at))) depth++;
    else if (')]}'.includes(text.charAt(at)) && --depth === 0) return at === text.length - 1;
  }
  return false;
}

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
const REALS: AnswerForm = { kind: 'tuple', open: '(', close: ')', items: [MINUS_INFINITY, INFINITY] };

/** x < 3 is (−∞, 3); 1 < x ≤ 2 is (1, 2]; 3 > x likewise. */
function parseInequality(text: string): AnswerForm | undefined {
  const sign = /\\le(?![a-zA-Z])|\\ge(?![a-zA-Z])|<=|>=|<|>/;
  const parts = splitOutside(text, sign).map((part) => part.trim());
  const signs = [...text.matchAll(new RegExp(sign.source, 'g'))].map(([found]) => found);
  if (parts.length < 2 || parts.length > 3 || signs.length !== parts.length - 1) return undefined;
  const place = parts.findIndex((part) => /^[a-zA-Z]$/.test(part));
  if (place < 0 || (parts.length === 3 && place !== 1)) return undefined;
  let low: { form: AnswerForm; closed: boolean } = { form: MINUS_INFINITY, closed: false };
  let high: { form: AnswerForm; closed: boolean } = { form: INFINITY, closed: false };
  for (const [index, found] of signs.entries()) {
    const bound = ofQuantity((index < place ? parts[index] : parts[index + 1]) ?? '');
    if (!bound || bound.kind !== 'quantity' || variablesOf(bound.quantity.value).size > 0) return undefined;
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

/** x = 5 says 5; a list of values too. Anything else is an equation of two sides. */
function parseEquation(text: string): AnswerForm | undefined {
  const sides = splitOutside(text, /(?<![<>!\\])=/);
  if (sides.length !== 2) return undefined;
  const [left = '', right = ''] = sides.map((side) => side.trim());
  const [first, second] = [parseExpression(left), parseExpression(right)];
  if (first && second) return { kind: 'equation', left: first, right: second };
  return /^[a-zA-Z](?:_\{?\w+\}?)?$|^[a-zA-Z]\s*\([a-z, ]*\)$/.test(left) ? parseForm(right, 1) : undefined;
}

/** a ± b is {a + b, a − b}. */
function parsePlusMinus(text: string): AnswerForm | undefined {
  const parts = text.split(/\\(?:pm|mp)(?![a-zA-Z])/);
  if (parts.length !== 2) return undefined;
  const both = ['+', '-'].map((sign) => ofQuantity(parts.join(sign)));
  const items = both.filter((form) => form !== undefined);
  return items.length === 2 ? { kind: 'set', bare: true, items } : undefined;
}

/** 1, 2 and 3. */
function parseList(text: string, depth: number): AnswerForm | undefined {
  const separator =
    /\s*[,;]\s*(?:and|or)\s+|\s*[,;]|\s*\\(?:text|mathrm|mbox)\{\s*,?\s*(?:and|or)\s*\}|\s+(?:and|or)\s+/;
  const parts = splitOutside(text, separator);
  return parts.length > 1
    ? allParsed(parts, depth, (items) => ({ kind: 'set', bare: true, items }))
    : undefined;
}

/** 2 : 3 is ⅔. */
function parseRatio(text: string): AnswerForm | undefined {
  const parts = splitOutside(text, /:/);
  if (parts.length !== 2) return undefined;
  const [left, right] = parts.map((part) => parseExpression(part));
  if (!left || !right) return undefined;
  return {
    kind: 'quantity',
    quantity: { value: { kind: 'binary', operator: '/', left, right }, percent: false, unit: '' },
  };
}

function allParsed(
  parts: readonly string[],
  depth: number,
  join: (items: readonly AnswerForm[]) => AnswerForm,
): AnswerForm | undefined {
  const items = parts.map((part) => parseForm(part, depth + 1));
  return items.every((item) => item !== undefined) ? join(items) : undefined;
}
