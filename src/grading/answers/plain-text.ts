/** Commands that only say how a text looks. */
const TEXT_COMMAND = /\\(?:text|textbf|textit|textrm|mathrm|mathbf|mbox|operatorname\*?)\s*\{([^{}]*)\}/g;

/** A textual answer as it is compared: no markup, lower case, single spaces, no quotes or stops around it. */
export function plainText(text: string): string {
  return withoutMarkup(text).toLowerCase();
}

/** The same with its case. */
export function withoutMarkup(text: string): string {
  return text
    .replace(TEXT_COMMAND, '$1')
    .replace(/\\[()[\]]|\$/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(\*+|_+|`+)(.*)\1$/, '$2')
    .replace(/^["'“”‘’]+|["'“”‘’.?,;]+$|(?<=[a-zA-Z])!+$/g, '')
    .trim();
}

/** The same without spaces, but those between digits, which separate numbers. */
export function withoutSpaces(text: string): string {
  return text.replace(/(?<!\d)\s+|\s+(?!\d)/g, '');
}
