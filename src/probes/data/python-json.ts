/**
 * `JSON.parse` for what Python's `json` writes. Python prints missing and infinite numbers as the bare words `NaN`,
 * `Infinity` and `-Infinity`, which are no JSON (RFC 8259); rows that went through pandas hold them. Here they are null:
 * numbers that are missing. Checkpoint files are read strictly instead (`checkpoint/json.ts`): nothing there may be
 * missing. Integers that no double holds are texts of their digits, as Python keeps all of them.
 *
 * @throws SyntaxError of `JSON.parse`
 */
export function parsePythonJson(text: string): unknown {
  let valid = text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    valid = withoutBareWords(text);
    if (valid === text) throw error;
    value = JSON.parse(valid);
  }
  return /\d{16}/.test(valid) ? JSON.parse(withDigits(valid)) : value;
}

/** The JSON with each integer outside strings that no double holds within quotes. */
function withDigits(json: string): string {
  let written = '';
  for (let at = 0; at < json.length;) {
    const quote = json.indexOf('"', at);
    const start = quote < 0 ? json.length : quote;
    written += json
      .slice(at, start)
      .replace(/-?\d[\d.eE+-]*/g, (number) =>
        /^-?\d+$/.test(number) && !Number.isSafeInteger(Number(number)) ? `"${number}"` : number,
      );
    at = start + 1;
    while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
    at += 1;
    written += json.slice(start, at);
  }
  return written;
}

const BARE_WORDS = ['NaN', '-Infinity', 'Infinity'];
const NAME = /[\w$.]/;

/** The text with each bare word outside strings written as null; one pass over its characters. */
function withoutBareWords(text: string): string {
  let mended = '';
  let copied = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
      continue;
    }
    if (character === '"') inString = true;
    if (character !== 'N' && character !== 'I' && character !== '-') continue;
    const word = BARE_WORDS.find((known) => text.startsWith(known, at));
    if (word === undefined) continue;
    const end = at + word.length;
    // Part of a longer word, it is damage and not Python's.
    if (NAME.test(text[end] ?? '') || NAME.test(text[at - 1] ?? '')) continue;
    mended += `${text.slice(copied, at)}null`;
    copied = end;
    at = end - 1;
  }
  return copied === 0 ? text : mended + text.slice(copied);
}
