/** HTML made of text: whatever is put into it is escaped, unless it is such markup itself. */
export class Markup {
  readonly html: string;

  /** @param html markup that is trusted: made by `markup`, or by the page's own charts */
  constructor(html: string) {
    this.html = html;
  }
}

type Part = string | number | Markup | readonly Markup[] | null;

const NAMED = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
]);

/** A text as elements and attributes hold it. What is no character of HTML is shown as a place where one is missing. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/(?![\t\n\r])\p{Cc}/gu, '\ufffd')
    .replace(/[&<>"']/g, (letter) => NAMED.get(letter) ?? '');
}

function written(part: Part): string {
  if (part === null) return '';
  if (part instanceof Markup) return part.html;
  if (typeof part === 'object') return part.map(({ html }) => html).join('');
  return escaped(String(part));
}

/** `markup\`<p>${text}</p>\``: between the tags and in quoted attributes, and nowhere else, a text is only text. */
export function markup(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(literals.map((literal, at) => literal + written(parts[at] ?? null)).join(''));
}
