/**
 * strip, lstrip and rstrip with the characters they are to take off, as Python has them. @huggingface/jinja 0.5.11 ignores the
 * argument, and templates of the thinking kind depend on it: `content.split('</think>')[-1].lstrip('\n')`.
 */
import type { Node } from './node.ts';
import { callOf, walk } from './node.ts';

/** The function that such calls become; no template can name it. */
const STRIP = ' strip';
const METHODS: ReadonlySet<string> = new Set(['strip', 'lstrip', 'rstrip']);

/** Turns `x.strip(chars)` into a call of our function, in place; without an argument the library is right. */
export function repairStrip(program: Node): void {
  for (const node of walk(program)) {
    const call = callOf(node);
    if (call?.kind !== 'method' || !METHODS.has(call.name) || call.args.length !== 1) continue;
    const object = (node['callee'] as Node)['object'];
    Object.assign(node, {
      callee: { type: 'Identifier', value: STRIP },
      args: [object, { type: 'StringLiteral', value: call.name }, ...call.args],
    });
  }
}

/** What the repaired calls call, by its name in the environment. */
export const stripFunctions = { [STRIP]: strip } as const;

/** `chars` null strips white space, as in Python; throws for what is no text, as Python does. */
function strip(text: unknown, method: string, chars: unknown): string {
  if (typeof text !== 'string') throw new TypeError(`${method} of what is not a text`);
  if (chars !== null && chars !== undefined && typeof chars !== 'string') {
    throw new TypeError(`${method} takes characters`);
  }
  const letters = [...text];
  const goes = (letter: string | undefined): boolean =>
    letter !== undefined && (typeof chars === 'string' ? [...chars].includes(letter) : letter.trim() === '');
  let [start, end] = [0, letters.length];
  if (method !== 'rstrip') while (start < end && goes(letters[start])) start += 1;
  if (method !== 'lstrip') while (end > start && goes(letters[end - 1])) end -= 1;
  return letters.slice(start, end).join('');
}
