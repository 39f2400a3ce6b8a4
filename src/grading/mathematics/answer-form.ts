import type { Expression } from './expression.ts';
import type { AnswerForm } from './form.ts';
import { parseExpression } from './parser.ts';
import { parseQuantity } from './quantity.ts';
import { parseName } from './name.ts';
import { parseInequality, REALS, without } from './range.ts';
import { step } from '../steps.ts';
import { splitOutside } from './split.ts';
import { sameValue, variablesOf } from './same-value.ts';

const MAX_DEPTH = 6;

/** Reads text as `clean` leaves it, of single spaces; undefined where it is no mathematics. */
export function parseForm(text: string, depth = 0): AnswerForm | undefined {
  if (depth > MAX_DEPTH) return undefined;
  step(4 * text.length);
  const rest = unwrapped(text.trim());
  if (rest === '') return undefined;
  return (
    parseTime(rest) ??
    parseMatrix(rest, depth) ??
    parseMembership(rest, depth) ??
    parseUnion(rest, depth) ??
    parseBracketed(rest, depth) ??
    parseInequality(rest) ??
    parseEquation(rest, depth) ??
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
  const match = /^(\d{1,2}):([0-5]\d) ?(?:\\(?:text|mathrm)\{ ?)?(?:([ap])\.? ?m\.?)? ?\}?$/i.exec(text);
  if (!match) return undefined;
  const hours = Number(match[1]);
  if (hours > 24) return undefined;
  const minutes = (hours % 12) * 60 + Number(match[2]);
  const half = match[3]?.toLowerCase();
  if (half) return { kind: 'time', minutes, half: half === 'p' ? 'pm' : 'am' };
  if (hours > 12 && hours < 24) return { kind: 'time', minutes, half: 'pm' };
  return hours % 24 === 0 ? { kind: 'time', minutes, half: 'am' } : { kind: 'time', minutes };
}

function parseMatrix(text: string, depth: number): AnswerForm | undefined {
  const bare = /^[([]\s*(\\begin\{array\}[\s\S]*\\end\{array\})\s*[)\]]$/.exec(text)?.[1] ?? text;
  const match = /^\\begin\{([pbvBV]?matrix|array)\}(?:\{[^}]*\})?([\s\S]*)\\end\{\1\}$/.exec(bare);
  if (!match || /\\begin/.test(match[2] ?? '')) return undefined;
  const lines = (match[2] ?? '').split(/\\\\(?: ?\[[^\]\\]*\])?/).filter((line) => line.trim() !== '');
  const rows = lines.map((line) => line.split('&').map((cell) => parseForm(cell, depth + 1)));
  if (rows.length === 0 || rows.some((row) => row.includes(undefined))) return undefined;
  return { kind: 'matrix', rows: rows as AnswerForm[][] };
}

/** x ∈ S says S, and so does { x | x > 2 } of its inequality. */
function parseMembership(text: string, depth: number): AnswerForm | undefined {
  const condition = /^\\\{ ?([a-zA-Z]) ?(?:\\in ?\\mathbb ?\{?R\}? ?)?[|:]([\s\S]*)\\\}$/.exec(text);
  if (condition) return parseInequality((condition[2] ?? '').trim());
  const match = /^[a-zA-Z]\s*\\in(?![a-zA-Z])\s*/.exec(text);
  return match ? parseForm(text.slice(match[0].length), depth + 1) : undefined;
}

/** A ∪ B; x < 1 or x > 2; (1, 3) without {2}. */
function parseUnion(text: string, depth: number): AnswerForm | undefined {
  const either = splitOutside(text, / or | ?\\(?:text|mathrm)\{ ?or ?\} ?|\\(?:lor|vee)(?![a-zA-Z])/y);
  const ranges = either.map(parseInequality).filter((range) => range !== undefined);
  if (either.length > 1 && ranges.length === either.length) return { kind: 'union', items: ranges };
  const [whole, points, ...more] = splitOutside(text, /\\setminus(?![a-zA-Z])/y);
  const excluded = /^\s*\\?\{([^{}]*)\}\s*$/.exec(points ?? '')?.[1]?.replace(/\\$/, '');
  const interval = excluded === undefined ? undefined : parseForm(whole ?? '', depth + 1);
  if (interval && excluded !== undefined && more.length === 0) return without(interval, excluded.split(','));
  const parts = splitOutside(text, /\\cup(?![a-zA-Z])/y);
  return parts.length > 1 ? allParsed(parts, depth, (items) => ({ kind: 'union', items })) : undefined;
}

function parseBracketed(text: string, depth: number): AnswerForm | undefined {
  if (/^\\emptyset$|^\\\{\s*\\\}$|^\{\s*\}$/.test(text)) return { kind: 'set', bare: false, items: [] };
  if (/^\\mathbb ?(?:\{ ?)?R ?\}?$/.test(text)) return REALS;
  const set = /^\\\{([\s\S]*)\\\}$/.exec(text) ?? /^\{([^,]*,[\s\S]*)\}$/.exec(text);
  if (set && closesAtEnd(text)) {
    const parts = splitOutside(set[1] ?? '', /[,;]/y);
    return allParsed(parts, depth, (items) => ({ kind: 'set', bare: false, items: flattened(items) }));
  }
  const tuple = /^([([])([\s\S]*)([)\]])$/.exec(text);
  if (!tuple || !closesAtEnd(text)) return undefined;
  const parts = splitOutside(tuple[2] ?? '', /[,;]/y, true);
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

/** x = 5 says 5, a chain x = 2 + 3 = 5 too. Anything else is an equation of two sides. */
function parseEquation(text: string, depth: number): AnswerForm | undefined {
  // "x = 1 or x = 2" is a list, and no chain of 1·o·r·x.
  if (/ (?:or|and) /.test(text)) return undefined;
  const sides = splitOutside(text, /(?<![<>!\\])=/y).map((side) => side.trim());
  const [left = '', ...rest] = sides;
  const right = rest.at(-1);
  if (right === undefined) return undefined;
  const expressions = sides.map((side) => parseExpression(side));
  const [first, last] = [expressions[0], expressions.at(-1)];
  if (rest.length > 1) {
    const steps = expressions.slice(1);
    // d = 2r = 5: what has variables cannot be checked.
    const follows = (step: Expression): boolean =>
      last !== undefined && (variablesOf(step).size > 0 || sameValue(step, last));
    if (!steps.every((step) => step && follows(step))) return undefined;
  }
  const both = first && last ? { left: first, right: last } : undefined;
  // 4! = 24 says 24.
  if (both && expressions.every((step) => step && variablesOf(step).size === 0)) {
    return sameValue(both.left, both.right) ? ofQuantity(right) : { kind: 'equation', ...both };
  }
  for (const [side, other] of rest.length === 1 ? [sides, [right, left]] : [[left, right]]) {
    const named = parseName(side ?? '');
    const value = named && parseForm(other ?? '', depth + 1);
    if (value) return { kind: 'named', ...named, value, ...(both && { sides: both }) };
  }
  return both && { kind: 'equation', ...both };
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
    / ?[,;] ?(?:and|or) | ?[,;]? ?\\(?:text|mathrm|mbox)\{ ?(?:, ?)?(?:and|or) ?\}| ?[,;]| (?:and|or) /y;
  const parts = splitOutside(text, separator);
  return parts.length > 1
    ? allParsed(parts, depth, (items) => ({ kind: 'set', bare: true, items: flattened(items) }))
    : undefined;
}

/** 1 ± √5 among others is two of them. */
function flattened(items: readonly AnswerForm[]): readonly AnswerForm[] {
  return items.flatMap((item) => (item.kind === 'set' && item.bare ? item.items : [item]));
}

/** 2 : 3 is ⅔. */
function parseRatio(text: string): AnswerForm | undefined {
  const parts = splitOutside(text, /:/y);
  if (parts.length !== 2) return undefined;
  const [left, right] = parts.map((part) => parseExpression(part));
  if (!left || !right) return undefined;
  return {
    kind: 'quantity',
    quantity: {
      value: { kind: 'binary', operator: '/', left, right },
      percent: false,
      unit: '',
      ratio: true,
    },
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
