import { withoutEnd, withoutStart } from '../../trim.ts';
import { plainCharacters } from './characters.ts';

/** Commands that only say how a text looks. */
const TEXT_COMMAND = /\\(?:text|textbf|textit|textrm|mathrm|mathbf|mbox|operatorname\*?)\s*\{([^{}]*)\}/g;

/** A textual answer as it is compared: no markup, lower case, single spaces, no quotes or stops around it. */
export function plainText(text: string): string {
  return withoutMarkup(text).toLowerCase();
}

/** The same with its case. */
export function withoutMarkup(text: string): string {
  const said = plainCharacters(text)
    .replace(TEXT_COMMAND, '$1')
    .replace(/\\[()[\]]|\$/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return withoutStops(withoutStart(withoutEmphasis(said), /["'“”‘’]/)).trim();
}

/** Without the same number of *, _ or ` on both sides. */
function withoutEmphasis(text: string): string {
  const mark = EMPHASIS.find((one) => one.test(text.charAt(0)));
  if (!mark) return text;
  const before = text.length - withoutStart(text, mark).length;
  const behind = text.length - withoutEnd(text, mark).length;
  const marks = Math.min(before, behind, Math.floor(text.length / 2));
  return text.slice(marks, text.length - marks);
}

const EMPHASIS = [/\*/, /_/, /`/];

/** What a factorial's sign stands behind is no word. */
function withoutStops(text: string): string {
  if (!text.endsWith('!')) return withoutEnd(text, /["'“”‘’.?,;]/);
  const word = withoutEnd(text, /!/);
  return /[a-zA-Z]$/.test(word) ? word : text;
}

/** Text of single spaces without them, but those between digits, which separate numbers. */
export function withoutSpaces(text: string): string {
  return text.replace(/(?<!\d) | (?!\d)/g, '');
}
