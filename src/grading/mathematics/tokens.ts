import { step } from '../steps.ts';

/** What the parser reads: numbers as written, commands by name, single letters, single signs. */
export type Token =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'command'; readonly name: string }
  | { readonly kind: 'letter'; readonly text: string }
  | { readonly kind: 'sign'; readonly text: string };

/** Names that plain text writes as a word: "sqrt(2)", "pi/2". */
const WORDS =
  /^(?:arcsin|arccos|arctan|sinh|cosh|tanh|sin|cos|tan|cot|sec|csc|sqrt|log|ln|exp|pi|infinity|infty|inf|oo)(?![a-z])/i;

const NUMBER = /^(?:\d+(?:\.\d*)?|\.\d+)/;

const SPELLING: Readonly<Record<string, string>> = { infinity: 'infty', inf: 'infty', oo: 'infty' };

/** Cuts cleaned mathematics (see `clean`) into tokens; undefined where a character is none of mathematics. */
export function tokenize(text: string): Token[] | undefined {
  step(8 * text.length);
  const tokens: Token[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    const command = /^\\([a-zA-Z]+|[{}|])/.exec(rest);
    const word = WORDS.exec(rest);
    const number = NUMBER.exec(rest);
    const exponent = number && /^[eE][-+]?\d+(?![\d.a-zA-Z])/.exec(rest.slice(number[0].length));
    let length = 1;
    if (command) {
      tokens.push({ kind: 'command', name: command[1] ?? '' });
      length = command[0].length;
    } else if (word) {
      const name = word[0].toLowerCase();
      tokens.push({ kind: 'command', name: SPELLING[name] ?? name });
      length = word[0].length;
    } else if (number) {
      tokens.push({ kind: 'number', text: number[0] });
      length = number[0].length;
      if (exponent) {
        // 3e4 is 3 · 10^(4)
        tokens.push({ kind: 'sign', text: '*' }, { kind: 'number', text: '10' }, { kind: 'sign', text: '^' });
        tokens.push({ kind: 'sign', text: '{' }, ...signed(exponent[0].slice(1)), {
          kind: 'sign',
          text: '}',
        });
        length += exponent[0].length;
      }
    } else if (/^[a-zA-Z]/.test(rest)) tokens.push({ kind: 'letter', text: rest.charAt(0) });
    else if (/^[-+*/^_!()[\]{}|,']/.test(rest)) tokens.push({ kind: 'sign', text: rest.charAt(0) });
    else return undefined;
    rest = rest.slice(length).trimStart();
  }
  return tokens;
}

function signed(digits: string): Token[] {
  const sign = /^[-+]/.exec(digits)?.[0];
  const number: Token = { kind: 'number', text: digits.replace(/^[-+]/, '') };
  return sign ? [{ kind: 'sign', text: sign }, number] : [number];
}
