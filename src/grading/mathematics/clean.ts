import { withoutEnd } from '../../trim.ts';
import { withinBraces } from '../answers/boxed.ts';
import { plainCharacters } from '../answers/characters.ts';
import { repeatingAsFraction } from './repeating-decimal.ts';

/** Unicode that stands for something LaTeX or ASCII says as well. */
const CHARACTERS: readonly (readonly [RegExp, string])[] = [
  [/[−–—]/g, '-'],
  [/[×·⋅∙]/g, '*'],
  [/÷/g, '/'],
  [/π/g, '\\pi '],
  [/√/g, '\\sqrt '],
  [/∞/g, '\\infty '],
  [/≤/g, '\\le '],
  [/≥/g, '\\ge '],
  [/≠/g, '\\ne '],
  [/≈/g, '='],
  [/∪/g, '\\cup '],
  [/∈/g, '\\in '],
  [/±/g, '\\pm '],
  [/∅/g, '\\emptyset '],
  [/ℝ/g, '\\mathbb{R}'],
  [/[°º˚]/g, '^\\circ '],
  [/[“”]/g, '"'],
  [/\u00a0/g, ' '],
];

/** LaTeX that only says how something looks, and spellings of one thing. */
const COMMANDS: readonly (readonly [
  RegExp,
  string | ((found: string, at: number, text: string) => string),
])[] = [
  [/\\(?:left|right|middle|displaystyle|textstyle|limits|nolimits)(?![a-zA-Z])\s*\.?/g, ''],
  [/\\(?:big|Big|bigg|Bigg)[lrm]?(?![a-zA-Z])/g, ''],
  [/\\(?:text|mathrm|mbox)\{\s*(\\?%)\s*\}/g, '$1'],
  [/\\(?:underline|mathbf|boldsymbol|bm)\s*(?=\{)/g, ''],
  [/\\(?:text)?color\s*\{[^{}]*\}/g, ''],
  [/\\langle(?![a-zA-Z])/g, '('],
  [/\\rangle(?![a-zA-Z])/g, ')'],
  [/^\s*\\text\{\s*(\d[^{}]*|[A-H](?:\s*(?:,|and)\s*[A-H])+\s*)\}\s*$/, '$1'],
  [/\\approx(?![a-zA-Z])/g, '='],
  [/\\(?:text|mathrm|mbox)\{\s*(\^\\circ\s|\\degree)\s*\}/g, '$1'],
  [/(?<=\d\s?)\^\s?(?:o(?![a-zA-Z])|\{\s?o\s?\}|\{?\\(?:text|mathrm)\{\s?o\s?\}\}?)/g, '^\\circ '],
  [/\\(?:degree|textdegree)(?![a-zA-Z])/g, '^\\circ '],
  [/(\d)(?:\\,|\\!|\{,\}\s?(?:\\!)?|\\;|\\ )\s*(?=\d{3}(?!\d))/g, '$1'],
  // A negative space draws the comma of thousands near; without it a space behind a comma begins another item.
  [/(\d)(?:\s?\\!\s?,\s?(?:\\!\s?)?|\s?,\s?\\!\s?)(?=\d{3}(?!\d))/g, '$1,'],
  // Not the second half of a matrix's line end.
  [/(?<!\\)\\(?:[,;:!> ]|quad|qquad|hspace\{[^{}]*\}|phantom\{[^{}]*\})/g, ' '],
  [/~/g, ' '],
  [/\{[^{}]*\}/g, overAsFraction],
  [/\\[dtc]frac(?![a-zA-Z])/g, '\\frac'],
  [/\\[dt]binom(?![a-zA-Z])/g, '\\binom'],
  [/\\(?:cdot|times|ast|cdotp)(?![a-zA-Z])/g, '*'],
  [/\\div(?![a-zA-Z])/g, '/'],
  [/\\(?:leq|leqslant)(?![a-zA-Z])/g, '\\le'],
  [/\\(?:geq|geqslant)(?![a-zA-Z])/g, '\\ge'],
  [/\\lbrace(?![a-zA-Z])/g, '\\{'],
  [/\\rbrace(?![a-zA-Z])/g, '\\}'],
  [/\\(?:varnothing)(?![a-zA-Z])/g, '\\emptyset'],
  // Chinese "or" and "and" between answers
  [/\\(?:text|mathrm|mbox)\{\s?(?:或者?|和|与)\s?\}/g, ' or '],
  [/(?<=[\w)}\]])\s?(?:或者?|和|与)\s?(?=[\w([{\\-])/g, ' or '],
  [/(?<=[)\]])\s?U\s?(?=[([])/g, '\\cup '],
  [/(?<=\d)\s?x\s?(?=10\s?\^)/g, '*'],
  [/\\(?:mathrm|text)\{\s?([ei])\s?\}/g, '$1'],
  [/\\binom\s?(\d)\s?(\d)/g, '\\binom{$1}{$2}'],
  [/\.(\d*)\\dot\s?\{?(\d)\}?$/g, '.$1\\overline{$2}'],
  [/\\(?:bigcup)(?![a-zA-Z])/g, '\\cup'],
  [/\\(?:lvert|rvert|vert|mid)(?![a-zA-Z])/g, '|'],
  [/\*\*/g, '^'],
  [/(?<![\d.)}])(\d+)\s+(\d+)\/(\d+)(?![\d.])/g, '$1\\frac{$2}{$3}'],
  // 1 000 000
  [/\d+(?: \d+)*/g, joinedThousands],
  [/\\\$|\$/g, ' '],
  // ≈ 3.14
  [/^\s*=\s*/g, ''],
  [/^\s*\\[([]|\\[)\]]\s*$/g, ''],
];

/** One spelling for what can be written in many: the same mathematics, easier to read. */
export function clean(text: string): string {
  let cleaned = unboxed(singleSpaced(plainCharacters(text)));
  for (const [from, to] of [...CHARACTERS, ...COMMANDS]) {
    cleaned = typeof to === 'string' ? cleaned.replace(from, to) : cleaned.replace(from, to);
  }
  return withoutStops(singleSpaced(repeatingAsFraction(cleaned)).trim()).trim();
}

/** Without stops or commas at its end, but behind a backslash. A comma that ends a list announces another item. */
function withoutStops(text: string): string {
  const stops = withoutEnd(text, /[.;:]/).length;
  const commas = withoutEnd(text, /,/).length;
  const from = stops < text.length ? stops : commas;
  if (from === 0) return text.slice(0, stops < text.length ? 1 : undefined);
  if (stops < text.length) return text.slice(0, from + (text[from - 1] === '\\' ? 1 : 0));
  return text[from - 1] === '\\' || text.indexOf(',') < from ? text : text.slice(0, from);
}

/** 1 000 000 in one: groups of three digits, behind one of one to three, up to the last. */
function joinedThousands(found: string, at: number, text: string): string {
  const groups = found.split(' ');
  const behind = /\s*[\d/]/y;
  behind.lastIndex = at + found.length;
  if (groups.length === 1 || behind.test(text)) return found;
  const others = groups.findLastIndex((group) => group.length !== 3);
  let [joined, open] = [groups[0] ?? '', false];
  for (const [before, group] of groups.slice(1).entries()) {
    const first = groups[before] ?? '';
    const begins =
      first.length <= 3 && !first.startsWith('0') && (before > 0 || !/[.,}]/.test(text.charAt(at - 1)));
    open = before >= others && (open || begins);
    joined += (open ? '' : ' ') + group;
  }
  return joined;
}

/** {a \over b} as a fraction, {n \choose k} as a binomial; what holds no such is as it was. */
function overAsFraction(group: string): string {
  const over = [...group.matchAll(/\\(over|choose)(?![a-zA-Z])/g)].at(-1);
  if (!over) return group;
  const command = over[1] === 'over' ? 'frac' : 'binom';
  return `\\${command}{${group.slice(1, over.index)}}{${group.slice(over.index + over[0].length, -1)}}`;
}

/** Long runs of spaces, which commands leave too, say nothing and make patterns slow. */
function singleSpaced(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** What a box holds that is all there is. */
function unboxed(text: string): string {
  const box = /^ ?\$* ?\\(?:boxed|fbox) ?(?=\{)/.exec(text);
  const inside = box ? withinBraces(text, box[0].length) : undefined;
  const behind = text.slice((box?.[0].length ?? 0) + (inside?.length ?? 0) + 2);
  return inside !== undefined && /^[\s.$]*$/.test(behind) ? inside : text;
}
