import type { Expression } from './expression.ts';
import { parseExpression } from './parser.ts';
import { canonicalUnit, chineseUnit, isUnit } from './units.ts';
import { wordUnit } from './word-unit.ts';

/** An expression with what people write around it. */
export interface Quantity {
  readonly value: Expression;
  readonly percent: boolean;
  /** Canonical, e.g. "cm^2"; empty where none is written. */
  readonly unit: string;
  /** The base of a numeral, as in 1011_2; undefined where none is written. */
  readonly base?: string;
  /** Written as 2 : 3. */
  readonly ratio?: true;
}

const PERCENT = / ?(?:\\?%|percent|per cent)$/i;
const CURRENCY = /^(?:US\s*)?[€£¥₹]\s*/;
const DEGREE = / ?\^ ?(?:\\circ|\{ ?\\circ ?\}) ?(C|F|\\(?:text|mathrm)\{ ?[CF] ?\})?$/;
/** Words in a text command at the end, with a power behind or within. */
const MARKED_UNIT =
  / ?\\(?:text|mathrm|mbox|textrm|rm) ?\{ ?([a-zA-Z][^{}]*)?\} ?(?:\^ ?(?:\{ ?)?([23]) ?\}?)?$/;
/** "12平方厘米", "5 个", "5 \\text{厘米}". */
const CHINESE_UNIT =
  /^(.*[\d)}]) ?(?:\\(?:text|mathrm|mbox) ?\{ ?)?([\u4e00-\u9fff](?:[\u4e00-\u9fff/]{0,8}[\u4e00-\u9fff])?) ?\}?$/;
/** 6' and 6'' or 6". */
const FEET_OR_INCHES = /^([\d.]+)\s*('|''|")$/;
const OHMS = /^([\d.]+)\s*(?:\\Omega|Ω)$/;
/** "12cm": letters right behind the digits; only units of measure, and of two letters or more. */
const ATTACHED_UNIT = /^(.*\d)([a-zA-Z]{2,}(?:\/[a-zA-Z]+)?)((?:\^\{?[23]\}?)?)$/;
const BASE = /^([0-9A-F]+)_\{?(?:\\text\{)?(\d{1,2}|[a-z]+)\}?\}?$/;

/** Reads a quantity from text as `clean` leaves it, of single spaces; undefined where it is none. */
export function parseQuantity(text: string): Quantity | undefined {
  let rest = text.trim().replace(CURRENCY, '');
  const based = BASE.exec(rest.replaceAll(' ', ''));
  if (based) {
    const value = parseExpression(based[1] ?? '');
    return value && { value, percent: false, unit: '', base: based[2] ?? '' };
  }
  const percent = PERCENT.test(rest);
  if (percent) rest = rest.replace(PERCENT, '');
  const { number, unit } = percent ? { number: rest, unit: '' } : splitUnit(rest);
  const value = parseExpression(withoutThousands(number));
  return value && { value, percent, unit };
}

function splitUnit(text: string): { readonly number: string; readonly unit: string } {
  const degree = DEGREE.exec(text);
  if (degree) {
    const scale = /[CF]/.exec(degree[1] ?? '')?.[0];
    return { number: text.slice(0, degree.index), unit: canonicalUnit(scale ? `deg${scale}` : 'degree') };
  }
  const chinese = CHINESE_UNIT.exec(text);
  const ofChinese = chineseUnit(chinese?.[2] ?? '');
  if (chinese && ofChinese !== undefined) {
    return { number: chinese[1] ?? '', unit: canonicalUnit(ofChinese) };
  }
  const feet = FEET_OR_INCHES.exec(text);
  if (feet) return { number: feet[1] ?? '', unit: canonicalUnit(feet[2] === "'" ? 'ft' : 'in') };
  const ohms = OHMS.exec(text)?.[1];
  if (ohms) return { number: ohms, unit: canonicalUnit('ohm') };
  const marked = MARKED_UNIT.exec(text);
  if (marked && marked.index > 0) {
    const power = marked[2] ? `^${marked[2]}` : '';
    return { number: text.slice(0, marked.index), unit: canonicalUnit((marked[1] ?? '') + power) };
  }
  const attached = ATTACHED_UNIT.exec(text);
  if (attached && isUnit(attached[2] ?? '')) {
    return { number: attached[1] ?? '', unit: canonicalUnit((attached[2] ?? '') + (attached[3] ?? '')) };
  }
  const words = wordUnit(text);
  const word = words?.unit ?? '';
  // A single letter is a variable, unless it is a unit of measure: "10 m".
  if (
    words &&
    !FUNCTION_WORD.test(word) &&
    (/[a-zA-Z]{2}/.test(word) || isUnit((word.split('^')[0] ?? '').trim()))
  ) {
    return { number: words.number, unit: canonicalUnit(word) };
  }
  return { number: text, unit: '' };
}

const FUNCTION_WORD = /^(?:sqrt|pi|sin|cos|tan|log|ln|exp|and|or|to)\b/i;

function withoutThousands(text: string): string {
  return text.replace(/(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?![\d,])/g, (match) => match.replaceAll(',', ''));
}
